package simaws

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// place is where a resource lives.
type place struct{ account, region string }

// do sends a request to moto as the services do among themselves: nobody's rights are asked. An answer that is no
// success is an *apiError with the HTTP status.
func (m *moto) do(ctx context.Context, at place, service, method string, u url.URL, header http.Header, body []byte) ([]byte, error) {
	u.Scheme, u.Host = m.base.Scheme, m.base.Host
	r, err := http.NewRequestWithContext(ctx, method, u.String(), bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("asking moto's %s: %w", service, err)
	}
	r.Host = service + "." + at.region + awsDomain
	for name, values := range header {
		r.Header[name] = values
	}
	r.Header.Set(accountHeader, at.account)
	r.Header.Set("Authorization", fmt.Sprintf("AWS4-HMAC-SHA256 Credential=INTERNAL/%s/%s/%s/aws4_request, SignedHeaders=host, Signature=0",
		time.Now().UTC().Format("20060102"), at.region, service))
	res, err := m.client.Do(r)
	if err != nil {
		return nil, fmt.Errorf("asking moto's %s: %w", service, err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, fmt.Errorf("reading the answer of moto's %s: %w", service, err)
	}
	if res.StatusCode >= 300 {
		return nil, &apiError{res.StatusCode, codeOf(answer), strings.TrimSpace(string(answer))}
	}
	return answer, nil
}

// codeOf finds the error code in an answer of either kind.
func codeOf(answer []byte) string {
	var j struct {
		Type string `json:"__type"`
	}
	if json.Unmarshal(answer, &j) == nil && j.Type != "" {
		return j.Type
	}
	decoder := xml.NewDecoder(bytes.NewReader(answer))
	for {
		token, err := decoder.Token()
		if err != nil {
			return "Unknown"
		}
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == "Code" {
			var code string
			_ = decoder.DecodeElement(&code, &start)
			return code
		}
	}
}

// iam calls an action of IAM and reads the element <Action>Result into out.
func (m *moto) iam(ctx context.Context, account, action string, params url.Values, out any) error {
	params.Set("Action", action)
	params.Set("Version", "2010-05-08")
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	answer, err := m.do(ctx, place{account, "us-east-1"}, "iam", http.MethodPost, url.URL{Path: "/"}, header, []byte(params.Encode()))
	if err != nil || out == nil {
		return err
	}
	if err := xml.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("reading iam:%s: %w", action, err)
	}
	return nil
}

// glue calls an action of Glue; a nil out ignores the answer.
func (m *moto) glue(ctx context.Context, at place, action string, in, out any) error {
	return m.json(ctx, at, "glue", "AWSGlue."+action, in, out)
}

// events calls an action of EventBridge.
func (m *moto) events(ctx context.Context, at place, action string, in, out any) error {
	return m.json(ctx, at, "events", "AWSEvents."+action, in, out)
}

// json calls a service of a JSON protocol; a nil out ignores the answer.
func (m *moto) json(ctx context.Context, at place, service, target string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("writing %s: %w", target, err)
	}
	header := http.Header{"Content-Type": {"application/x-amz-json-1.1"}, "X-Amz-Target": {target}}
	answer, err := m.do(ctx, at, service, http.MethodPost, url.URL{Path: "/"}, header, body)
	if err != nil || out == nil {
		return err
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("reading %s: %w", target, err)
	}
	return nil
}

// getObject reads an object, or with a query a part of a bucket's settings.
func (m *moto) getObject(ctx context.Context, at place, bucket, key, query string) ([]byte, error) {
	return m.do(ctx, at, "s3", http.MethodGet, url.URL{Path: "/" + bucket + "/" + key, RawQuery: query}, nil, nil)
}

func (m *moto) putObject(ctx context.Context, at place, bucket, key string, body []byte) error {
	_, err := m.do(ctx, at, "s3", http.MethodPut, url.URL{Path: "/" + bucket + "/" + key}, nil, body)
	return err
}

// tagBucket sets the tags of a new bucket; moto reads past those that come with its creation.
func (m *moto) tagBucket(ctx context.Context, at place, bucket string, tags []tag) error {
	if len(tags) == 0 {
		return nil
	}
	type tagging struct {
		XMLName xml.Name `xml:"Tagging"`
		Tags    []tag    `xml:"TagSet>Tag"`
	}
	body, err := xml.Marshal(tagging{Tags: tags})
	if err != nil {
		return fmt.Errorf("tagging bucket %s: %w", bucket, err)
	}
	_, err = m.do(ctx, at, "s3", http.MethodPut, url.URL{Path: "/" + bucket, RawQuery: "tagging"}, nil, body)
	return err
}

// listObjects gives all objects below a prefix, sorted by key.
func (m *moto) listObjects(ctx context.Context, at place, bucket, prefix string) ([]Object, error) {
	var objects []Object
	query := url.Values{"list-type": {"2"}, "prefix": {prefix}}
	for {
		answer, err := m.getObject(ctx, at, bucket, "", query.Encode())
		if err != nil {
			return nil, err
		}
		var page struct {
			Contents              []Object
			NextContinuationToken string
		}
		if err := xml.Unmarshal(answer, &page); err != nil {
			return nil, fmt.Errorf("reading the list of bucket %s: %w", bucket, err)
		}
		objects = append(objects, page.Contents...)
		if page.NextContinuationToken == "" {
			break
		}
		query.Set("continuation-token", page.NextContinuationToken)
	}
	slices.SortFunc(objects, func(a, b Object) int { return strings.Compare(a.Key, b.Key) })
	return objects, nil
}
