package main

import (
	"strings"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge/info"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

// resources maps the provider's resources to the types of the pulumi-aws v6 SDK. Where
// the upstream schema alone does not give the SDK's property names and shapes, the
// fields say what differs.
var resources = map[string]*info.Resource{
	"aws_athena_workgroup":             typed("athena/workgroup:Workgroup", nil),
	"aws_bcmdataexports_export":        typed("bcmdata/export:Export", fields{"export": one(dataExport)}),
	"aws_ce_cost_allocation_tag":       typed("costexplorer/costAllocationTag:CostAllocationTag", nil),
	"aws_cloudwatch_event_rule":        typed("cloudwatch/eventRule:EventRule", nil),
	"aws_cloudwatch_event_target":      typed("cloudwatch/eventTarget:EventTarget", nil),
	"aws_cur_report_definition":        typed("cur/reportDefinition:ReportDefinition", nil),
	"aws_eks_addon":                    typed("eks/addon:Addon", nil),
	"aws_eks_pod_identity_association": typed("eks/podIdentityAssociation:PodIdentityAssociation", nil),
	"aws_glue_catalog_database":        typed("glue/catalogDatabase:CatalogDatabase", nil),
	"aws_glue_catalog_table": typed("glue/catalogTable:CatalogTable", fields{
		"partition_index": many("partitionIndices", nil),
	}),
	"aws_glue_crawler":                typed("glue/crawler:Crawler", nil),
	"aws_glue_trigger":                typed("glue/trigger:Trigger", nil),
	"aws_glue_workflow":               typed("glue/workflow:Workflow", nil),
	"aws_iam_openid_connect_provider": typed("iam/openIdConnectProvider:OpenIdConnectProvider", nil),
	"aws_iam_policy":                  typed("iam/policy:Policy", nil),
	"aws_iam_role": typed("iam/role:Role", fields{
		"name": autoName("name", 64),
	}),
	"aws_iam_role_policy":            typed("iam/rolePolicy:RolePolicy", nil),
	"aws_iam_role_policy_attachment": typed("iam/rolePolicyAttachment:RolePolicyAttachment", nil),
	"aws_lakeformation_permissions":  typed("lakeformation/permissions:Permissions", nil),
	"aws_lakeformation_resource":     typed("lakeformation/resource:Resource", nil),
	"aws_s3_bucket":                  typed("s3/bucketV2:BucketV2", bucket),
	"aws_s3_bucket_lifecycle_configuration": typed("s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2",
		fields{"rule": many("rules", lifecycleRule)}),
	"aws_s3_bucket_notification":        typed("s3/bucketNotification:BucketNotification", nil),
	"aws_s3_bucket_ownership_controls":  typed("s3/bucketOwnershipControls:BucketOwnershipControls", nil),
	"aws_s3_bucket_policy":              typed("s3/bucketPolicy:BucketPolicy", nil),
	"aws_s3_bucket_public_access_block": typed("s3/bucketPublicAccessBlock:BucketPublicAccessBlock", nil),
	"aws_s3_bucket_server_side_encryption_configuration": typed(
		"s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2", nil),
	"aws_s3_bucket_versioning": typed("s3/bucketVersioningV2:BucketVersioningV2", nil),
}

// dataSources maps the provider's data sources to the functions of the pulumi-aws v6 SDK.
var dataSources = map[string]*info.DataSource{
	"aws_caller_identity":       function("index/getCallerIdentity:getCallerIdentity", nil),
	"aws_cur_report_definition": function("cur/getReportDefinition:getReportDefinition", nil),
	"aws_eks_addon":             function("eks/getAddon:getAddon", nil),
	// The SDK has vpcConfig as one object. The bridge would send it as an empty list, which
	// upstream refuses of a property that it computes, so vpcConfig stays empty here.
	"aws_eks_cluster":                 function("eks/getCluster:getCluster", nil),
	"aws_glue_catalog_table":          function("glue/getCatalogTable:getCatalogTable", nil),
	"aws_iam_openid_connect_provider": function("iam/getOpenIdConnectProvider:getOpenIdConnectProvider", nil),
	"aws_iam_role":                    function("iam/getRole:getRole", nil),
	"aws_s3_bucket":                   function("s3/getBucket:getBucket", nil),
	"aws_s3_bucket_policy":            function("s3/getBucketPolicy:getBucketPolicy", nil),
}

// config names the provider's own settings whose shape the upstream schema does not tell.
var config = fields{
	"assume_role":                   one(nil),
	"assume_role_with_web_identity": one(nil),
	"default_tags":                  one(nil),
	"ignore_tags":                   one(nil),
}

// bucket has lists throughout, even of a single setting. All but the name are deprecated
// in favour of resources of their own.
var bucket = fields{
	"bucket": autoNameLower("bucket", 63),
	"lifecycle_rule": many("lifecycleRules", fields{
		"expiration":                    many("expirations", nil),
		"noncurrent_version_expiration": many("noncurrentVersionExpirations", nil),
	}),
	"logging": many("loggings", nil),
	"object_lock_configuration": one(fields{
		"rule": many("rules", fields{"default_retention": many("defaultRetentions", nil)}),
	}),
	"replication_configuration": many("replicationConfigurations", fields{"rules": many("rules", fields{
		"destination": many("destinations", fields{
			"access_control_translation": many("accessControlTranslations", nil),
			"metrics":                    many("metrics", nil),
			"replication_time":           many("replicationTimes", nil),
		}),
		"filter": many("filters", nil),
		"source_selection_criteria": many("sourceSelectionCriterias", fields{
			"sse_kms_encrypted_objects": many("sseKmsEncryptedObjects", nil),
		}),
	})}),
	"server_side_encryption_configuration": many("serverSideEncryptionConfigurations", fields{
		"rule": many("rules", fields{
			"apply_server_side_encryption_by_default": many("applyServerSideEncryptionByDefaults", nil),
		}),
	}),
	"versioning": many("versionings", nil),
	"website":    many("websites", nil),
}

// dataExport is a CUR 2.0 export: upstream limits these lists to one element by validators, and the SDK keeps them as lists
// but for the export itself.
var dataExport = fields{
	"data_query": many("dataQueries", nil),
	"destination_configurations": many("destinationConfigurations", fields{
		"s3_destination": many("s3Destinations", fields{"s3_output_configurations": many("s3OutputConfigurations", nil)}),
	}),
	"refresh_cadence": many("refreshCadences", nil),
}

// lifecycleRule is a rule of a bucket's lifecycle: upstream limits these lists to one
// element by validators, which a schema does not carry.
var lifecycleRule = fields{
	"abort_incomplete_multipart_upload": one(nil),
	"expiration":                        one(nil),
	"filter":                            one(fields{"and": one(nil), "tag": one(nil)}),
	"noncurrent_version_expiration":     one(nil),
}

// fields are the properties of an object that need more than the upstream schema, by
// their upstream name.
type fields = map[string]*info.Schema

// typed is a resource of the given module and type.
func typed(token tokens.Type, f fields) *info.Resource {
	return &info.Resource{Tok: "aws:" + token, Fields: f}
}

// function is an invoke of the given module and name.
func function(token tokens.ModuleMember, f fields) *info.DataSource {
	return &info.DataSource{Tok: "aws:" + token, Fields: f}
}

// one is a list of at most one object that the SDK shows as that object.
func one(f fields) *info.Schema {
	return &info.Schema{MaxItemsOne: tfbridge.True(), Elem: object(f)}
}

// many is a list that the SDK keeps as a list of the given name, even where upstream
// allows one element only.
func many(name string, f fields) *info.Schema {
	return &info.Schema{Name: name, MaxItemsOne: tfbridge.False(), Elem: object(f)}
}

func object(f fields) *info.Schema {
	if f == nil {
		return nil
	}
	return &info.Schema{Fields: f}
}

// autoName fills a missing property with the resource's name and a random suffix.
func autoName(property string, maxLength int) *info.Schema {
	return info.AutoName(property, maxLength, "-")
}

// autoNameLower is autoName for names that admit no capitals.
func autoNameLower(property string, maxLength int) *info.Schema {
	options := tfbridge.AutoNameOptions{Separator: "-", Maxlen: maxLength, Randlen: 7, Transform: strings.ToLower}
	return tfbridge.AutoNameWithCustomOptions(property, options)
}
