# The part of the primary stack that is in AWS, as it is written for OpenTofu.
terraform {
  required_providers {
    aws = { source = "mirror.example/hashicorp/aws" }
  }
}

variable "payer_account" { type = string }
variable "primary_account" { type = string }
variable "namespace" { type = string }
variable "payer_state" { type = string }

provider "aws" {
  region              = "us-east-2"
  allowed_account_ids = [var.primary_account]
  default_tags {
    tags = { project = "kubecost-cur" }
  }
}

data "terraform_remote_state" "payer" {
  backend = "local"
  config  = { path = var.payer_state }
}

data "aws_eks_cluster" "primary" {
  name = "primary"
}

data "aws_iam_openid_connect_provider" "primary" {
  url = data.aws_eks_cluster.primary.identity[0].oidc[0].issuer
}

locals {
  issuer = trimprefix(data.aws_eks_cluster.primary.identity[0].oidc[0].issuer, "https://")
}

resource "aws_iam_role" "reader" {
  name        = "kubecost-cur-reader"
  description = "Kubecost (${var.namespace}/kubecost) reads the bill"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "PodsOfTheServiceAccountAssumeThisRole"
      Effect    = "Allow"
      Principal = { Federated = data.aws_iam_openid_connect_provider.primary.arn }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = { StringEquals = {
        "${local.issuer}:aud" = "sts.amazonaws.com"
        "${local.issuer}:sub" = "system:serviceaccount:${var.namespace}:kubecost"
      } }
    }]
  })
}

resource "aws_iam_role_policy" "assume_payer" {
  name = "kubecost-access-cur-in-payer-account"
  role = aws_iam_role.reader.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "AssumePayerRoles"
      Effect   = "Allow"
      Action   = "sts:AssumeRole"
      Resource = [data.terraform_remote_state.payer.outputs.masterPayerARN]
    }]
  })
}
