resource "aws_cur_report_definition" "report" {
  provider                   = aws.billing
  report_name                = local.report
  time_unit                  = "DAILY"
  format                     = "Parquet"
  compression                = "Parquet"
  additional_schema_elements = ["RESOURCES"]
  additional_artifacts       = ["ATHENA"]
  report_versioning          = "OVERWRITE_REPORT"
  refresh_closed_reports     = true
  s3_bucket                  = aws_s3_bucket.report.id
  s3_prefix                  = "cur"
  s3_region                  = local.region
  depends_on = [
    aws_s3_bucket_policy.report, aws_s3_bucket_public_access_block.report, aws_s3_bucket_ownership_controls.report,
    aws_s3_bucket_server_side_encryption_configuration.report,
  ]
}

resource "aws_glue_catalog_database" "bill" {
  name        = "athenacurcfn_${local.report}"
  description = "The Cost and Usage Report ${local.report} for Kubecost"
}

resource "aws_glue_catalog_table" "bill" {
  name          = local.report
  database_name = aws_glue_catalog_database.bill.name
  description   = "One row a line item of the bill; columns as Kubecost reads them"
  table_type    = "EXTERNAL_TABLE"
  parameters = {
    "EXTERNAL"                  = "TRUE"
    "classification"            = "parquet"
    "projection.enabled"        = "true"
    "projection.year.type"      = "integer"
    "projection.year.range"     = "2020,2040"
    "projection.month.type"     = "integer"
    "projection.month.range"    = "1,12"
    "storage.location.template" = "s3://${local.report_bucket}/cur/${local.report}/${local.report}/year=$${year}/month=$${month}"
  }
  partition_keys {
    name = "year"
    type = "string"
  }
  partition_keys {
    name = "month"
    type = "string"
  }
  storage_descriptor {
    location      = "s3://${local.report_bucket}/cur/${local.report}/${local.report}/"
    input_format  = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"
    ser_de_info {
      serialization_library = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
      parameters            = { "serialization.format" = "1" }
    }
    dynamic "columns" {
      for_each = local.columns
      content {
        name = columns.value.Name
        type = columns.value.Type
      }
    }
  }
}

resource "aws_athena_workgroup" "kubecost" {
  name          = "kubecost-cur"
  description   = "Kubecost's queries of the Cost and Usage Report"
  force_destroy = true
  configuration {
    enforce_workgroup_configuration    = true
    publish_cloudwatch_metrics_enabled = true
    bytes_scanned_cutoff_per_query     = 107374182400
    result_configuration {
      output_location = "s3://${aws_s3_bucket.results.id}/"
      encryption_configuration {
        encryption_option = "SSE_S3"
      }
    }
  }
  depends_on = [
    aws_s3_bucket_policy.results, aws_s3_bucket_public_access_block.results, aws_s3_bucket_ownership_controls.results,
    aws_s3_bucket_server_side_encryption_configuration.results,
  ]
}
