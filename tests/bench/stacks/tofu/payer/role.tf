resource "aws_iam_role" "payer" {
  name        = "kubecost-cur-access"
  description = "Kubecost reads the Cost and Usage Report"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "KubecostReaderAssumesThisRole"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${var.primary_account}:root" }
      Action    = "sts:AssumeRole"
      Condition = { ArnEquals = { "aws:PrincipalArn" = local.reader } }
    }]
  })
}

resource "aws_iam_role_policy" "query_bill" {
  name = "kubecost-payer-account-cur-athena-glue-s3-access"
  role = aws_iam_role.payer.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "RunQueries"
        Effect   = "Allow"
        Action   = ["athena:GetQueryExecution", "athena:GetQueryResults", "athena:StartQueryExecution"]
        Resource = "arn:aws:athena:${local.region}:${var.payer_account}:workgroup/kubecost-cur"
      },
      {
        Sid    = "ReadTheTable"
        Effect = "Allow"
        Action = [
          "glue:BatchGetPartition", "glue:GetDatabase", "glue:GetDatabases", "glue:GetPartition", "glue:GetPartitions",
          "glue:GetTable", "glue:GetTables",
        ]
        Resource = [
          "arn:aws:glue:${local.region}:${var.payer_account}:catalog",
          "arn:aws:glue:${local.region}:${var.payer_account}:database/athenacurcfn_${local.report}",
          "arn:aws:glue:${local.region}:${var.payer_account}:table/athenacurcfn_${local.report}/${local.report}",
        ]
      },
      {
        Sid      = "LocateTheReport"
        Effect   = "Allow"
        Action   = "s3:GetBucketLocation"
        Resource = "arn:aws:s3:::${local.report_bucket}"
      },
      {
        Sid       = "ListTheReport"
        Effect    = "Allow"
        Action    = "s3:ListBucket"
        Resource  = "arn:aws:s3:::${local.report_bucket}"
        Condition = { StringLike = { "s3:prefix" = [local.data_prefix, "${local.data_prefix}/*"] } }
      },
      {
        Sid      = "ReadTheReport"
        Effect   = "Allow"
        Action   = "s3:GetObject"
        Resource = "arn:aws:s3:::${local.report_bucket}/${local.data_prefix}/*"
      },
      {
        Sid      = "ListResults"
        Effect   = "Allow"
        Action   = ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"]
        Resource = "arn:aws:s3:::${local.results_bucket}"
      },
      {
        Sid      = "WriteAndReadResults"
        Effect   = "Allow"
        Action   = ["s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"]
        Resource = "arn:aws:s3:::${local.results_bucket}/*"
      },
    ]
  })
}

resource "aws_iam_role_policy" "list_accounts" {
  name = "kubecost-payer-account-list-tags-policy"
  role = aws_iam_role.payer.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "ListAccountsAndTheirTags"
      Effect   = "Allow"
      Action   = ["organizations:ListAccounts", "organizations:ListTagsForResource"]
      Resource = "*"
    }]
  })
}

locals {
  data_prefix = "cur/${local.report}/${local.report}"
}

output "masterPayerARN" { value = aws_iam_role.payer.arn }
output "athenaBucketName" { value = "s3://${aws_s3_bucket.results.id}" }
output "athenaDatabase" { value = aws_glue_catalog_database.bill.name }
output "athenaTable" { value = aws_glue_catalog_table.bill.name }
output "athenaWorkgroup" { value = aws_athena_workgroup.kubecost.name }
