package doctor

import (
	"context"
	"errors"
	"fmt"

	"github.com/kubecost-cur/kubecost-cur/internal/cloudintegration"
)

// secret is whether cloud-integration.json is there, reads as Kubecost reads it, and names the payer.
var secret = Check{
	Name:  "secret",
	Title: func(s *Subject) string { return "secret " + s.Primary.Namespace + "/" + s.Primary.SecretName },
	Needs: []Need{Cluster},
	Run: func(ctx context.Context, s *Subject) Finding {
		p := s.Primary
		var object struct{ Data map[string][]byte }
		err := s.Cluster.Get(ctx, fmt.Sprintf("/api/v1/namespaces/%s/secrets/%s", p.Namespace, p.SecretName), &object)
		if isMissing(err) {
			return failed(Shorten(err), "the secret was deleted: pods that are started now stay in ContainerCreating", mendPrimary)
		} else if err != nil {
			return unasked(err, "get secrets in namespace "+p.Namespace)
		}
		file, there := object.Data[cloudintegration.FileName]
		if !there {
			return failed("the secret has no key "+cloudintegration.FileName, "the secret was made by hand: Kubecost's charts mount that key and no other", mendPrimary)
		}
		entries, format, err := cloudintegration.Parse(file)
		if err != nil {
			// The error may quote the file, which holds keys of other clouds.
			return failed("the file cannot be read in either of Kubecost's formats", "it was changed by hand; one wrong property loses Kubecost every bill", mendPrimary)
		}
		if faults := entries.Check(format); faults != nil {
			return failed("entries of the file are wrong", "it was changed by hand; pulumi shows what a file of the stack's would be", mendPrimary)
		}
		for _, a := range entries.AWS {
			if a.ProjectID != s.Payer.ProjectID {
				continue
			}
			if err := differs(a, s.Payer); err != nil {
				return failed(err.Error(), "the payer stack was changed after the primary stack was last up", "pulumi up --stack PRIMARY")
			}
			return ok(fmt.Sprintf("format %s; AWS payers: %d; entries of other clouds: %d", format, len(entries.AWS),
				len(entries.Azure)+len(entries.GCP)+len(entries.Alibaba)+len(entries.OCI)))
		}
		return failed("the file has no entry of account "+s.Payer.ProjectID, "the primary stack does not read this payer", "name the payer's stack in payerStack or payers, then pulumi up --stack PRIMARY")
	},
}

// differs returns an error that names what of an entry is not what the payer stack says now.
func differs(a cloudintegration.AWS, p Payer) error {
	var faults []error
	for _, f := range []struct{ key, got, want string }{
		{"athenaBucketName", a.AthenaBucketName, p.AthenaBucketName}, {"athenaRegion", a.AthenaRegion, p.AthenaRegion},
		{"athenaDatabase", a.AthenaDatabase, p.AthenaDatabase}, {"athenaTable", a.AthenaTable, p.AthenaTable},
		{"athenaWorkgroup", a.AthenaWorkgroup, p.AthenaWorkgroup}, {"masterPayerARN", a.MasterPayerARN, p.MasterPayerARN},
	} {
		if f.got != f.want {
			faults = append(faults, fmt.Errorf("%s is %q in the file, and %q in the payer stack", f.key, f.got, f.want))
		}
	}
	return errors.Join(faults...)
}
