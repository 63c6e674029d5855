package dev.distributeimage.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import tools.jackson.databind.JsonNode;

/**
 * Permissions of a caller: everything in its own account, as far as the policy of the
 * session allows it. Recipes, components, workflows and source images may be shared by others.
 */
final class Permissions {

	private static final Map<String, String> CONTEXT = Map.of("iam:PassedToService", "imagebuilder.amazonaws.com");

	/** Parameters that must belong to the caller's account. */
	private static final List<String> OWN = List.of("imageBuildVersionArn", "distributionConfigurationArn",
			"infrastructureConfigurationArn", "resourceArn");

	/** Actions that AWS requires of the caller for a create, by parameter. */
	private static final Map<String, String> SOURCES = Map.of("imageRecipeArn", "GetImageRecipe", "containerRecipeArn",
			"GetContainerRecipe", "infrastructureConfigurationArn", "GetInfrastructureConfiguration",
			"distributionConfigurationArn", "GetDistributionConfiguration");

	private record Needed(String action, String resource) {
	}

	private Permissions() {
	}

	/** Refuses a call that its caller may not make. */
	static void check(Call call) {
		String action = "imagebuilder:" + call.operation().wireName();
		for (String parameter : OWN) {
			Arn.find(call.parameter(parameter))
				.filter((arn) -> !arn.account().equals(call.account()) && !arn.account().startsWith("aws"))
				.ifPresent((arn) -> {
					throw denied(call, new Needed(action, arn.toString()), "resource-based");
				});
		}
		AssumedSession session = call.caller().session();
		if (session == null || session.policy() == null) {
			return;
		}
		PolicyDocument policy = PolicyDocument.parse(session.policy());
		needed(call, action).stream()
			.filter((needed) -> !policy.allows(needed.action(), needed.resource(), CONTEXT))
			.findFirst()
			.ifPresent((needed) -> {
				throw denied(call, needed, "session");
			});
	}

	private static List<Needed> needed(Call call, String action) {
		String resource = resource(call);
		List<Needed> needed = new ArrayList<>(List.of(new Needed(action, resource)));
		if (!call.parameters().path("tags").isEmpty() && !call.operation().wireName().equals("TagResource")) {
			needed.add(new Needed("imagebuilder:TagResource", resource));
		}
		if (call.operation() == Operation.CREATE_IMAGE || call.operation() == Operation.DISTRIBUTE_IMAGE) {
			addSources(call, needed);
		}
		return needed;
	}

	private static void addSources(Call call, List<Needed> needed) {
		SOURCES.forEach((parameter, source) -> {
			if (!call.parameter(parameter).isEmpty()) {
				needed.add(new Needed("imagebuilder:" + source, call.parameter(parameter)));
			}
		});
		for (JsonNode workflow : call.parameters().path("workflows")) {
			needed.add(new Needed("imagebuilder:GetWorkflow", workflow.path("workflowArn").asString("")));
		}
		String role = call.parameter("executionRole");
		if (!role.isEmpty()) {
			needed.add(new Needed("iam:PassRole", role.startsWith("arn:") ? role
					: "arn:%s:iam::%s:role/%s".formatted(Arn.partitionOf(call.region()), call.account(), role)));
		}
	}

	/** The resource that the operation works on; a new one has no name yet. */
	private static String resource(Call call) {
		if (call.operation() != Operation.CREATE_IMAGE && call.operation() != Operation.DISTRIBUTE_IMAGE) {
			for (JsonNode parameter : call.parameters()) {
				if (Arn.find(parameter.asString("")).isPresent()) {
					return parameter.stringValue();
				}
			}
		}
		String type = call.operation()
			.wireName()
			.replaceFirst("^(Create|List|Distribute)", "")
			.replaceAll("(?<=[a-z])([A-Z])", "-$1")
			.toLowerCase(Locale.ROOT);
		return Arn.of(call.region(), call.account(), type.startsWith("image-build") ? "image/*" : type + "/*").toString();
	}

	private static ApiException denied(Call call, Needed needed, String kind) {
		return new ApiException(403, "AccessDeniedException",
				"User: %s is not authorized to perform: %s on resource: %s because no %s policy allows the %s action"
					.formatted(call.caller().arn(), needed.action(), needed.resource(), kind, needed.action()));
	}

}
