package doctor

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strconv"

	"github.com/kubecost-cur/kubecost-cur/internal/charts"
)

// release is whether Helm's release is deployed, of the chart line and version that the primary stack says.
var release = Check{
	Name:  "release",
	Title: func(s *Subject) string { return "Helm release " + s.Primary.Namespace + "/" + s.Primary.ReleaseName },
	Needs: []Need{Cluster},
	Run: func(ctx context.Context, s *Subject) Finding {
		p := s.Primary
		r, err := s.newestRelease(ctx)
		if err != nil {
			return unasked(err, "list secrets in namespace "+p.Namespace)
		}
		if r == nil {
			return failed("there is no release "+p.ReleaseName, "it was uninstalled", mendPrimary)
		}
		chart := r.Chart.Metadata.Name + " " + r.Chart.Metadata.Version
		switch r.Info.Status {
		case "deployed":
		case "pending-install", "pending-upgrade", "pending-rollback":
			return failed("the release is "+r.Info.Status, "Helm was interrupted, or is at work just now",
				fmt.Sprintf("if nobody runs pulumi up: helm rollback -n %s %s; then %s", p.Namespace, p.ReleaseName, mendPrimary))
		default:
			return s.recognised(fmt.Errorf("the release is %s: %s", r.Info.Status, r.Info.Description), install)
		}
		line, err := charts.Named(p.ChartLine)
		if err != nil {
			return failed("chartLine is "+strconv.Quote(p.ChartLine)+": "+err.Error(), "the primary stack is of another version of this program", "pulumi up --stack PRIMARY")
		}
		if r.Chart.Metadata.Name != line.Chart || line.CheckVersion(r.Chart.Metadata.Version) != nil {
			return failed("installed is "+chart+", and the primary stack's chart line is "+line.Name, "somebody upgraded it by hand: its values are those of another line, and the bill is not read", mendPrimary)
		}
		if p.ChartVersion != "" && r.Chart.Metadata.Version != p.ChartVersion {
			return failed("installed is "+chart+", and the primary stack's version is "+p.ChartVersion, "somebody upgraded it by hand", mendPrimary)
		}
		return ok(chart + ", revision " + strconv.Itoa(r.Version))
	},
}

// helmRelease is what the doctor reads of a release as Helm keeps it.
type helmRelease struct {
	Version int // revision
	Info    struct{ Status, Description string }
	Chart   struct {
		Metadata struct{ Name, Version string }
	}
}

// newestRelease is the newest revision of the release; nil if there is none. Helm keeps each in a secret: JSON, zipped, in base 64 twice.
func (s *Subject) newestRelease(ctx context.Context) (*helmRelease, error) {
	var list struct {
		Items []struct {
			Data struct{ Release []byte }
		}
	}
	selector := url.QueryEscape("owner=helm,name=" + s.Primary.ReleaseName)
	if err := s.Cluster.Get(ctx, fmt.Sprintf("/api/v1/namespaces/%s/secrets?labelSelector=%s", s.Primary.Namespace, selector), &list); err != nil {
		return nil, err
	}
	var newest *helmRelease
	for _, item := range list.Items {
		r, err := decodeRelease(item.Data.Release)
		if err == nil && (newest == nil || r.Version > newest.Version) {
			newest = r
		}
	}
	return newest, nil
}

// maxRelease bounds what a release is unzipped to, in bytes. Kubernetes keeps no secret of more than 1 MiB; text is a tenth of its size
// when it is zipped.
const maxRelease = 32 << 20

func decodeRelease(data []byte) (*helmRelease, error) {
	zipped, err := base64.StdEncoding.DecodeString(string(data))
	if err != nil {
		return nil, fmt.Errorf("decoding the release: %w", err)
	}
	reader, err := gzip.NewReader(bytes.NewReader(zipped))
	if err != nil {
		return nil, fmt.Errorf("unzipping the release: %w", err)
	}
	var r helmRelease
	if err := json.NewDecoder(io.LimitReader(reader, maxRelease)).Decode(&r); err != nil {
		return nil, fmt.Errorf("reading the release: %w", err)
	}
	return &r, nil
}
