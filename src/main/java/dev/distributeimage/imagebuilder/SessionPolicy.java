package dev.distributeimage.imagebuilder;

import java.util.List;
import java.util.stream.Stream;

import dev.distributeimage.aws.Arn;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The policy of a session: the calls of this service, and the actions that AWS checks
 * along with them, in one account and Region. AWS allows what both the role's own policy
 * and this one allow.
 *
 * @param session the session that it is for
 * @param partition the partition of the role
 */
record SessionPolicy(Session session, String partition) {

	/** Actions that read distribution configurations and images. */
	static final List<String> READS = List.of("imagebuilder:GetDistributionConfiguration", "imagebuilder:GetImage",
			"imagebuilder:ListImageBuildVersions", "imagebuilder:ListWorkflowExecutions");

	/** Actions by which a run changes its own account. */
	static final List<String> CHANGES = List.of("imagebuilder:CreateDistributionConfiguration",
			"imagebuilder:CreateImage", "imagebuilder:DistributeImage", "imagebuilder:CancelImageCreation",
			"imagebuilder:RetryImage", "imagebuilder:TagResource");

	/** Actions that AWS checks for a create. Other accounts may share recipes. */
	static final List<String> SOURCES = List.of("imagebuilder:GetImageRecipe", "imagebuilder:GetContainerRecipe",
			"imagebuilder:GetInfrastructureConfiguration", "imagebuilder:GetWorkflow");

	/**
	 * Actions that AWS's older documentation lists for launch templates, exports,
	 * parameters and scans. The role's own policy restricts their resources.
	 */
	static final List<String> OUTPUTS = List.of("ec2:DescribeLaunchTemplates", "ec2:CreateLaunchTemplateVersion",
			"ec2:ModifyLaunchTemplate", "s3:ListBucket", "ssm:GetParameter", "inspector2:BatchGetAccountStatus",
			"ecr:DescribeRepositories", "ecr:BatchGetRepositoryScanningConfiguration");

	/** Actions of a removal. No other session may take them. */
	static final List<String> REMOVALS = List.of("imagebuilder:DeleteDistributionConfiguration");

	static final String PASS_ROLE = "iam:PassRole";

	static final String SERVICE_LINKED_ROLE = "iam:CreateServiceLinkedRole";

	/** The policy as AWS takes it: at most 2,048 characters. */
	String json() {
		ObjectNode policy = JsonNodeFactory.instance.objectNode().put("Version", "2012-10-17");
		ArrayNode statements = policy.putArray("Statement");
		String own = imagebuilder(this.session.place().account());
		if (this.session.removes()) {
			allow(statements, REMOVALS, own);
			return policy.toString();
		}
		if (this.session.run() == null) {
			allow(statements, READS, own);
			return policy.toString();
		}
		allow(statements, CHANGES, own);
		allow(statements, Stream.concat(SOURCES.stream(), READS.stream()).toList(), imagebuilder("*"));
		allow(statements, List.of(PASS_ROLE), iam("role/*")).putObject("Condition")
			.putObject("StringLike")
			.putArray("iam:PassedToService")
			.add("imagebuilder.*")
			.add("vmie.*");
		allow(statements, List.of(SERVICE_LINKED_ROLE), iam("role/aws-service-role/imagebuilder.*"));
		allow(statements, OUTPUTS, "*");
		return policy.toString();
	}

	private static ObjectNode allow(ArrayNode statements, List<String> actions, String resource) {
		ObjectNode statement = statements.addObject().put("Effect", "Allow");
		actions.forEach(statement.putArray("Action")::add);
		return statement.put("Resource", resource);
	}

	private String imagebuilder(String account) {
		return new Arn(this.partition, "imagebuilder", this.session.place().region(), account, "*").toString();
	}

	private String iam(String resource) {
		return new Arn(this.partition, "iam", "", this.session.place().account(), resource).toString();
	}

}
