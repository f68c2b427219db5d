package simaws

import (
	"io"
	"net/http"
	"testing"
)

func TestProxyServesTheHostsThatItWasGiven(t *testing.T) {
	cloud.Handle("charts.example.com", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "charts")
	}))
	client := httpClient(t)
	res, err := client.Get("https://charts.example.com/index.yaml")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if body, err := io.ReadAll(res.Body); err != nil || string(body) != "charts" {
		t.Errorf("got %q, error %v", body, err)
	}
	if res, err := client.Get("https://elsewhere.example.com/"); err == nil {
		_ = res.Body.Close()
		t.Error("a host that nobody serves was reached")
	}
}
