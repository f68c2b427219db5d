package simaws

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
)

// lake is the Lake Formation of all accounts. Moto keeps grants too, but takes any, and does not tell when there is nothing to
// revoke, for which clients wait.
type lake struct {
	mu             sync.Mutex
	governed       map[string]bool // accounts
	administrators map[string]bool // roles, and whether they may change what others may
	grants         map[place][]grant
}

// grant is one permission of one principal on a database, or on a table of it.
type grant struct {
	principal       string // ARN
	database, table string // table is empty for grants on the database
	permission      string
}

// UseLakeFormation has Lake Formation decide on the databases and tables of an account, beside IAM: as in accounts that no
// longer let all principals of IAM at new ones, and have registered where their data is. Administrators of the account are
// those of its data lake.
func (c *Cloud) UseLakeFormation(account string) {
	c.lake.mu.Lock()
	defer c.lake.mu.Unlock()
	c.lake.governed[account] = true
}

// AdministerLake makes a role an administrator of its account's data lake, beside the account's own; or one who only looks.
// Source: https://docs.aws.amazon.com/lake-formation/latest/dg/initial-lf-config.html
func (c *Cloud) AdministerLake(role string, changes bool) {
	c.lake.mu.Lock()
	defer c.lake.mu.Unlock()
	c.lake.administrators[role] = changes
}

// administers says whether a principal is an administrator of the data lake, for what changes it or not; its caller holds the lock.
func (l *lake) administers(who *principal, changing bool) bool {
	changes, is := l.administrators[who.Role]
	return who.Role == "" || is && (changes || !changing)
}

// The permissions that there are on each kind of resource.
// Source: https://docs.aws.amazon.com/lake-formation/latest/dg/lf-permissions-reference.html
var (
	onDatabase = []string{"ALL", "ALTER", "CREATE_TABLE", "DESCRIBE", "DROP"}
	onTable    = []string{"ALL", "DESCRIBE", "ALTER", "DELETE", "DROP", "INSERT", "SELECT"}
)

// neededOf are the permissions, of which one is enough, that actions of Glue need: on the table, or for actions that name
// none, on the database.
var neededOf = map[string][]string{
	"glue:GetDatabase":            {"DESCRIBE", "ALTER", "CREATE_TABLE", "DROP"},
	"glue:UpdateDatabase":         {"ALTER"},
	"glue:DeleteDatabase":         {"DROP"},
	"glue:GetTable":               onTable[1:],
	"glue:GetTables":              onTable[1:],
	"glue:GetPartition":           onTable[1:],
	"glue:GetPartitions":          onTable[1:],
	"glue:BatchGetPartition":      onTable[1:],
	"glue:CreateTable":            {"CREATE_TABLE"},
	"glue:UpdateTable":            {"ALTER"},
	"glue:DeleteTable":            {"DROP"},
	"glue:CreatePartition":        {"INSERT"},
	"glue:BatchCreatePartition":   {"INSERT"},
	"glue:UpdatePartition":        {"ALTER"},
	"glue:BatchUpdatePartition":   {"ALTER"},
	"glue:DeletePartition":        {"DELETE"},
	"glue:BatchDeletePartition":   {"DELETE"},
	"lakeformation:GetDataAccess": {"SELECT"},
}

// lakeAllows returns nil if Lake Formation lets a principal do an action of Glue, else why not.
func (c *Cloud) lakeAllows(who *principal, at place, action, database, table string) error {
	needed, decides := neededOf[action]
	if action == "glue:CreateTable" {
		table = ""
	}
	c.lake.mu.Lock()
	defer c.lake.mu.Unlock()
	if !c.lake.governed[at.account] || !decides || database == "" || c.lake.administers(who, needed[0] != "DESCRIBE") {
		return nil
	}
	if slices.ContainsFunc(c.lake.grants[at], func(g grant) bool {
		return g.principal == who.Role && g.database == database && g.table == table &&
			(g.permission == "ALL" || slices.Contains(needed, g.permission))
	}) {
		return nil
	}
	return denied("Insufficient Lake Formation permission(s): Required %s on %s", needed[0], firstOf(table, database))
}

// lakeHandsOut returns nil if a principal gets at the data of a table: it may ask for it, and is granted SELECT.
func (c *Cloud) lakeHandsOut(ctx context.Context, who *principal, at place, database, table string) error {
	const action = "lakeformation:GetDataAccess"
	c.lake.mu.Lock()
	governed := c.lake.governed[at.account]
	c.lake.mu.Unlock()
	if !governed {
		return nil
	}
	if err := c.may(ctx, who, access{action: action, resource: "*", account: at.account}); err != nil {
		return err
	}
	return c.lakeAllows(who, at, action, database, table)
}

// mayGlue asks Lake Formation about a call to Glue.
func (c *Cloud) mayGlue(k *call) error {
	var in struct{ Name, DatabaseName, TableName string }
	if k.decode(&in) != nil {
		return nil // the operation refuses it
	}
	at := place{k.caller.Account, k.region}
	if in.DatabaseName == "" {
		return c.lakeAllows(k.caller, at, "glue:"+k.action, in.Name, "")
	}
	return c.lakeAllows(k.caller, at, "glue:"+k.action, in.DatabaseName, firstOf(in.Name, in.TableName))
}

var lakeOperations = map[string]operation{
	"GrantPermissions":  (*Cloud).grantPermissions,
	"RevokePermissions": (*Cloud).revokePermissions,
	"ListPermissions":   (*Cloud).listPermissions,
}

// grantCall is the input of the operations on grants.
type grantCall struct {
	Principal struct{ DataLakePrincipalIdentifier string }
	Resource  struct {
		Database *struct{ Name string }
		Table    *struct{ DatabaseName, Name string }
	}
	Permissions, PermissionsWithGrantOption []string
}

// grantsOf takes a call apart. Its error says what of it AWS would refuse.
func (c *Cloud) grantsOf(k *call) (place, []grant, error) {
	at := place{k.caller.Account, k.region}
	var in grantCall
	if err := k.decode(&in); err != nil {
		return at, nil, err
	}
	c.lake.mu.Lock()
	defer c.lake.mu.Unlock()
	if !c.lake.administers(k.caller, k.action != "ListPermissions") {
		return at, nil, denied("Insufficient Lake Formation permission(s): %s is no administrator of the data lake", k.caller.ARN)
	}
	principal := in.Principal.DataLakePrincipalIdentifier
	if known, err := c.knowsPrincipal(k.r.Context(), principal); err != nil || !known {
		return at, nil, badRequest("InvalidInputException", "Invalid principal, %s", principal)
	}
	g, allowed, action, ask := grant{principal: principal}, onDatabase, "GetDatabase", map[string]string{}
	switch {
	case in.Resource.Database != nil:
		g.database = in.Resource.Database.Name
		ask["Name"] = g.database
	case in.Resource.Table != nil:
		g.database, g.table, allowed, action = in.Resource.Table.DatabaseName, in.Resource.Table.Name, onTable, "GetTable"
		ask["DatabaseName"], ask["Name"] = g.database, g.table
	default:
		return at, nil, badRequest("InvalidInputException", "Resource must have either the catalog, table or database field populated.")
	}
	if err := c.moto.glue(k.r.Context(), at, action, ask, nil); err != nil {
		return at, nil, badRequest("EntityNotFoundException", "%s not found.", strings.TrimPrefix(action, "Get"))
	}
	var grants []grant
	for _, permission := range in.Permissions {
		if !slices.Contains(allowed, permission) {
			return at, nil, badRequest("InvalidInputException", "Permissions modification is invalid.")
		}
		g.permission = permission
		grants = append(grants, g)
	}
	if len(grants) == 0 && k.action != "ListPermissions" {
		return at, nil, badRequest("InvalidInputException", "Permissions must not be empty.")
	}
	if len(grants) == 0 {
		grants = []grant{g}
	}
	return at, grants, nil
}

func (c *Cloud) grantPermissions(k *call) (any, error) {
	return c.changeGrants(k, func(held, asked []grant) ([]grant, error) {
		for _, g := range asked {
			if !slices.Contains(held, g) {
				held = append(held, g)
			}
		}
		return held, nil
	})
}

func (c *Cloud) revokePermissions(k *call) (any, error) {
	return c.changeGrants(k, func(held, asked []grant) ([]grant, error) {
		for _, g := range asked {
			if !slices.Contains(held, g) {
				return nil, badRequest("InvalidInputException", "No permissions revoked. Grantee has no permissions on the resource.")
			}
		}
		return slices.DeleteFunc(held, func(g grant) bool { return slices.Contains(asked, g) }), nil
	})
}

// changeGrants has change make of the grants that are held those that are held from now on, by the grants that a call asks for.
func (c *Cloud) changeGrants(k *call, change func(held, asked []grant) ([]grant, error)) (any, error) {
	at, asked, err := c.grantsOf(k)
	if err != nil {
		return nil, err
	}
	c.lake.mu.Lock()
	defer c.lake.mu.Unlock()
	held, err := change(c.lake.grants[at], asked)
	if err != nil {
		return nil, err
	}
	c.lake.grants[at] = held
	return struct{}{}, nil
}

// listPermissions lists the grants of a principal on a resource. As in AWS, SELECT on a table comes back as one on all of its
// columns.
func (c *Cloud) listPermissions(k *call) (any, error) {
	at, asked, err := c.grantsOf(k)
	if err != nil {
		return nil, err
	}
	type object = map[string]any
	c.lake.mu.Lock()
	defer c.lake.mu.Unlock()
	found := map[string][]string{}
	for _, g := range c.lake.grants[at] {
		if g.principal != asked[0].principal || g.database != asked[0].database || g.table != asked[0].table {
			continue
		}
		kind := "Table"
		switch {
		case g.table == "":
			kind = "Database"
		case g.permission == "SELECT":
			kind = "TableWithColumns"
		}
		found[kind] = append(found[kind], g.permission)
	}
	resources := map[string]object{
		"Database":         {"CatalogId": at.account, "Name": asked[0].database},
		"Table":            {"CatalogId": at.account, "DatabaseName": asked[0].database, "Name": asked[0].table},
		"TableWithColumns": {"CatalogId": at.account, "DatabaseName": asked[0].database, "Name": asked[0].table, "ColumnWildcard": object{}},
	}
	listed := []object{}
	for _, kind := range slices.Sorted(maps.Keys(found)) {
		listed = append(listed, object{
			"Principal": object{"DataLakePrincipalIdentifier": asked[0].principal},
			"Resource":  object{kind: resources[kind]}, "Permissions": found[kind], "PermissionsWithGrantOption": []string{},
		})
	}
	return object{"PrincipalResourcePermissions": listed}, nil
}
