package iampolicy

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/kubecost-cur/kubecost-cur/internal/arn"
)

func TestTheKeysStatementsAreThoseThatWereReviewed(t *testing.T) {
	text, err := KeyStatements(KeyUse{Partition: "aws", Region: "us-east-2", Account: "111111111111", Roles: []arn.ARN{arn.Role("aws", "111111111111", "/", "kubecost-cur-access")}})
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if err := json.Indent(&got, []byte(text), "", "  "); err != nil {
		t.Fatal(err)
	}
	got.WriteByte('\n')
	const file = "testdata/key-statements.json"
	if *update {
		if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(got.Bytes(), want) {
		t.Errorf("the statements are\n%s\nwant\n%s (%v)", got.Bytes(), want, err)
	}
}

func TestTheKeyIsUsedThroughS3OfItsRegionOnly(t *testing.T) {
	statements := QueryBill(queryWithOptions()).Statement
	i := slices.IndexFunc(statements, func(s Statement) bool { return s.Sid == "UseTheKeyThroughS3" })
	if i < 0 {
		t.Fatal("a query of an encrypted bill has no statement for the key")
	}
	s := statements[i]
	if got := s.Condition[StringEquals]["kms:ViaService"]; !slices.Equal(got, []string{"s3.us-east-2.amazonaws.com"}) {
		t.Errorf("the key is used through %v", got)
	}
	if !slices.Equal(s.Resource, []string{queryWithOptions().KmsKeyArn}) {
		t.Errorf("the statement is for %v", s.Resource)
	}
	if i := slices.IndexFunc(QueryBill(query).Statement, func(s Statement) bool { return s.Sid == "UseTheKeyThroughS3" }); i >= 0 {
		t.Error("without a key there is a statement for one")
	}
}

func TestInChinaTheKeyIsUsedThroughChinasS3(t *testing.T) {
	q := queryWithOptions()
	q.Partition, q.Region = "aws-cn", "cn-north-1"
	for _, s := range QueryBill(q).Statement {
		if s.Sid != "UseTheKeyThroughS3" {
			continue
		}
		if got := s.Condition[StringEquals]["kms:ViaService"]; !slices.Equal(got, []string{"s3.cn-north-1.amazonaws.com.cn"}) {
			t.Errorf("the key is used through %v", got)
		}
		return
	}
	t.Error("a query of an encrypted bill has no statement for the key")
}

func TestTheKeyOfCUR2IsUsedByDataExportsForTheAccountsExportsOnly(t *testing.T) {
	text, err := KeyStatements(KeyUse{Partition: "aws", Region: "us-east-2", Account: "111111111111", Exports: true})
	if err != nil {
		t.Fatal(err)
	}
	var statements []Statement
	if err := json.Unmarshal([]byte(text), &statements); err != nil {
		t.Fatal(err)
	}
	s := statements[0]
	if !slices.Contains(s.Principal.Service, "bcm-data-exports.amazonaws.com") {
		t.Errorf("the services are %v", s.Principal.Service)
	}
	if got := s.Condition[ArnLike]["aws:SourceArn"]; !slices.Equal(got, []string{"arn:aws:bcm-data-exports:us-east-1:111111111111:export/*"}) {
		t.Errorf("the key is used for %v", got)
	}
}
