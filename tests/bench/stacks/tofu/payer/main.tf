# The payer stack of the example settings, as its resources are written for OpenTofu.
terraform {
  required_providers {
    aws = { source = "mirror.example/hashicorp/aws" }
  }
}

variable "payer_account" { type = string }
variable "primary_account" { type = string }

locals {
  region         = "us-east-2"
  report         = "kubecost"
  report_bucket  = "kubecost-cur-${var.payer_account}-${local.region}"
  results_bucket = "kubecost-athena-${var.payer_account}-${local.region}"
  reader         = "arn:aws:iam::${var.primary_account}:role/kubecost-cur-reader"
  columns        = jsondecode(file("${path.module}/columns.json"))
}

provider "aws" {
  region              = local.region
  allowed_account_ids = [var.payer_account]
  default_tags {
    tags = { project = "kubecost-cur" }
  }
}

# The billing API is in one region.
provider "aws" {
  alias               = "billing"
  region              = "us-east-1"
  allowed_account_ids = [var.payer_account]
  default_tags {
    tags = { project = "kubecost-cur" }
  }
}
