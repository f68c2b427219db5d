package kubecost

import "testing"

func TestAFileIsFoundOnlyWhereTheReaderLooks(t *testing.T) {
	one, three := Readers[2], Readers[0]
	for name, c := range map[string]struct {
		reader Reader
		mount  Mount
		want   string // empty for an error
	}{
		"a folder":                    {one, Mount{At: "/var/configs/cloud-integration"}, "/var/configs/cloud-integration/cloud-integration.json"},
		"a folder for 3":              {three, Mount{At: "/var/configs/cloud-integration"}, "/var/configs/cloud-integration/cloud-integration.json"},
		"a file":                      {three, Mount{"/var/configs/cloud-integration.json", "cloud-integration.json"}, "/var/configs/cloud-integration.json"},
		"a file for 1":                {one, Mount{"/var/configs/cloud-integration.json", "cloud-integration.json"}, ""},
		"a folder as a file":          {three, Mount{At: "/var/configs/cloud-integration.json"}, ""},
		"another file under its name": {three, Mount{"/var/configs/cloud-integration.json", "other.json"}, ""},
		"elsewhere":                   {three, Mount{At: "/etc"}, ""},
	} {
		got, err := c.reader.Finds(c.mount, File)
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s: %q, %v; want %q", name, got, err, c.want)
		}
	}
}
