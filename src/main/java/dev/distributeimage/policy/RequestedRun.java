package dev.distributeimage.policy;

import dev.distributeimage.aws.Arn;
import dev.distributeimage.run.RunInput;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A run as a caller asks for it, and how its inputs are to be understood. */
final class RequestedRun {

	private final RunInput inputs;

	private final Input root;

	/** The input whose account is that of the run. */
	private final String home;

	private final String partition;

	RequestedRun(RunInput inputs) {
		this.inputs = inputs;
		JsonNode request = inputs.json();
		this.root = Input.root(request);
		this.home = (inputs.infrastructureConfigurationArn() != null) ? "infrastructureConfigurationArn"
				: "executionRole";
		this.partition = Arn.parse(request.path(this.home).asString()).partition();
	}

	/** All inputs. */
	Input root() {
		return this.root;
	}

	int destinations() {
		return this.inputs.destinations();
	}

	/** The account of the run, for the input that decides it. */
	@Nullable String account(Input input) {
		return input.token().equals(this.home) ? account() : null;
	}

	/** The Region of an ARN, or that which an input names. */
	@Nullable String region(Input input) {
		if (input.text().startsWith("arn:")) {
			return Arn.parse(input.text()).region();
		}
		return input.token().equals("sourceImage") ? null : input.text();
	}

	/** The name of the distribution configuration, as AWS compares it. */
	String name(Input input) {
		return Arn.normalizedName(input.text());
	}

	/** The ARN of a role. A bare name is one of the run's account. */
	String role(Input input) {
		return arn(input, "iam", "", "role/");
	}

	/** The ARN of a key. A bare id or alias is one of the run's account. */
	String key(Input input) {
		String region = input.neighbour("region").asString();
		return arn(input, "kms", region, input.text().startsWith("alias/") ? "" : "key/");
	}

	private String arn(Input input, String service, String region, String type) {
		return input.text().startsWith("arn:") ? input.text()
				: new Arn(this.partition, service, region, account(), type + input.text()).toString();
	}

	private String account() {
		return this.inputs.place().account();
	}

}
