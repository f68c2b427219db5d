package iampolicy

// getDataAccess lets a role ask Lake Formation for access to the data of tables that it has grants on. Lake Formation has no
// narrower resource for it: what is handed out is decided by the grants.
// Source: https://docs.aws.amazon.com/lake-formation/latest/dg/access-control-underlying-data.html
var getDataAccess = Statement{
	Sid: "AskLakeFormationForData", Effect: Allow,
	Action:   []string{"lakeformation:GetDataAccess"},
	Resource: []string{"*"},
}
