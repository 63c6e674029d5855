terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

variable "endpoint" {
  type = string
}

variable "team" {
  type = string
}

variable "role" {
  type    = string
  default = ""
}

provider "aws" {
  region     = "eu-west-1"
  access_key = "AKIDEXAMPLE"
  secret_key = "secret"
  endpoints {
    imagebuilder = var.endpoint
    sts          = var.endpoint
  }
  dynamic "assume_role" {
    for_each = (var.role == "") ? [] : [var.role]
    content {
      role_arn     = assume_role.value
      session_name = "terraform"
      external_id  = "4711"
      duration     = "15m"
    }
  }
  default_tags {
    tags = { team = var.team }
  }
}

resource "aws_imagebuilder_component" "hello" {
  name                  = "Hello_World"
  platform              = "Linux"
  version               = "1.0.0"
  supported_os_versions = ["Amazon Linux 2023"]
  data = yamlencode({
    schemaVersion = 1.0
    phases = [{
      name  = "build"
      steps = [{ name = "hello", action = "ExecuteBash", inputs = { commands = ["echo hello"] } }]
    }]
  })
}

resource "aws_imagebuilder_image_recipe" "web" {
  name         = "web"
  version      = "1.0.0"
  parent_image = "arn:aws:imagebuilder:eu-west-1:aws:image/amazon-linux-2023-x86/x.x.x"
  component {
    component_arn = aws_imagebuilder_component.hello.arn
  }
  block_device_mapping {
    device_name = "/dev/xvda"
    ebs {
      delete_on_termination = true
      volume_size           = 20
      volume_type           = "gp3"
    }
  }
}

resource "aws_imagebuilder_infrastructure_configuration" "small" {
  name                  = "small"
  description           = "The machines of ${var.team}"
  instance_profile_name = "builder"
  instance_types        = ["t3.micro"]
}

resource "aws_imagebuilder_distribution_configuration" "web" {
  name        = "web"
  description = "The Regions of ${var.team}"
  distribution {
    region = "eu-west-1"
    ami_distribution_configuration {
      name               = "web-{{ imagebuilder:buildDate }}"
      target_account_ids = ["444455556666"]
      launch_permission {
        user_ids = ["777788889999"]
      }
    }
    ssm_parameter_configuration {
      parameter_name = "/imagebuilder/web"
      ami_account_id = "444455556666"
    }
  }
  distribution {
    region = "us-east-1"
    ami_distribution_configuration {
      name = "web-{{ imagebuilder:buildDate }}"
    }
  }
}

resource "aws_imagebuilder_image" "web" {
  image_recipe_arn                 = aws_imagebuilder_image_recipe.web.arn
  infrastructure_configuration_arn = aws_imagebuilder_infrastructure_configuration.small.arn
  distribution_configuration_arn   = aws_imagebuilder_distribution_configuration.web.arn
  execution_role                   = "arn:aws:iam::123456789012:role/builder"
  workflow {
    workflow_arn = "arn:aws:imagebuilder:eu-west-1:aws:workflow/build/build-image/x.x.x"
  }
}
