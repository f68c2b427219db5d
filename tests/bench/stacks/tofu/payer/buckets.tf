resource "aws_s3_bucket" "report" {
  bucket        = local.report_bucket
  force_destroy = true
}

resource "aws_s3_bucket_public_access_block" "report" {
  bucket                  = aws_s3_bucket.report.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "report" {
  bucket = aws_s3_bucket.report.id
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "report" {
  bucket = aws_s3_bucket.report.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_policy" "report" {
  bucket = aws_s3_bucket.report.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "BillingReadsBucketPolicy"
        Effect    = "Allow"
        Principal = { Service = "billingreports.amazonaws.com" }
        Action    = ["s3:GetBucketAcl", "s3:GetBucketPolicy"]
        Resource  = "arn:aws:s3:::${local.report_bucket}"
        Condition = local.from_billing
      },
      {
        Sid       = "BillingDeliversReports"
        Effect    = "Allow"
        Principal = { Service = "billingreports.amazonaws.com" }
        Action    = "s3:PutObject"
        Resource  = "arn:aws:s3:::${local.report_bucket}/*"
        Condition = local.from_billing
      },
      merge(local.deny_without_tls, { Resource = ["arn:aws:s3:::${local.report_bucket}", "arn:aws:s3:::${local.report_bucket}/*"] }),
    ]
  })
  depends_on = [aws_s3_bucket_public_access_block.report, aws_s3_bucket_ownership_controls.report]
}

resource "aws_s3_bucket" "results" {
  bucket        = local.results_bucket
  force_destroy = true
}

resource "aws_s3_bucket_public_access_block" "results" {
  bucket                  = aws_s3_bucket.results.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "results" {
  bucket = aws_s3_bucket.results.id
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "results" {
  bucket = aws_s3_bucket.results.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "results" {
  bucket = aws_s3_bucket.results.id
  rule {
    id     = "expire-results"
    status = "Enabled"
    filter { prefix = "" }
    expiration { days = 1 }
  }
  rule {
    id     = "abort-incomplete-uploads"
    status = "Enabled"
    filter { prefix = "" }
    abort_incomplete_multipart_upload { days_after_initiation = 1 }
  }
}

resource "aws_s3_bucket_policy" "results" {
  bucket = aws_s3_bucket.results.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      merge(local.deny_without_tls, { Resource = ["arn:aws:s3:::${local.results_bucket}", "arn:aws:s3:::${local.results_bucket}/*"] }),
    ]
  })
  depends_on = [aws_s3_bucket_public_access_block.results, aws_s3_bucket_ownership_controls.results]
}

locals {
  from_billing = {
    ArnLike      = { "aws:SourceArn" = "arn:aws:cur:us-east-1:${var.payer_account}:definition/*" }
    StringEquals = { "aws:SourceAccount" = var.payer_account }
  }
  deny_without_tls = {
    Sid       = "DenyWithoutTLS"
    Effect    = "Deny"
    Principal = { AWS = "*" }
    Action    = "s3:*"
    Condition = { Bool = { "aws:SecureTransport" = "false" } }
  }
}
