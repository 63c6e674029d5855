package dev.distributeimage.run;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Builds a request that differs from another in some parts. */
public final class NewRunBuilder {

	private RunInput input;

	private @Nullable String clientToken;

	private Map<String, String> labels;

	private @Nullable Duration deadline;

	/** Begins with a copy. */
	public NewRunBuilder(NewRun like) {
		this.input = like.input();
		this.clientToken = like.clientToken();
		this.labels = like.labels();
		this.deadline = like.deadline();
	}

	public NewRunBuilder name(String name) {
		return input(new RunInput(name, this.input.distributions(), this.input.imageRecipeArn(),
				this.input.infrastructureConfigurationArn(), this.input.options()));
	}

	public NewRunBuilder distributions(JsonNode distributions) {
		return input(new RunInput(this.input.distributionName(), distributions, this.input.imageRecipeArn(),
				this.input.infrastructureConfigurationArn(), this.input.options()));
	}

	public NewRunBuilder recipe(String imageRecipeArn) {
		return input(new RunInput(this.input.distributionName(), this.input.distributions(), imageRecipeArn,
				this.input.infrastructureConfigurationArn(), this.input.options()));
	}

	/** Replaces the options by those in this JSON object. */
	public NewRunBuilder options(String json) {
		return input(
				new RunInput(this.input.distributionName(), this.input.distributions(), this.input.imageRecipeArn(),
						this.input.infrastructureConfigurationArn(), options(JsonMapper.shared().readTree(json))));
	}

	/** Builds a container image from a container recipe instead of an image recipe. */
	public NewRunBuilder ofContainer() {
		String recipe = String.valueOf(this.input.imageRecipeArn()).replace(":image-recipe/", ":container-recipe/");
		return input(new RunInput(this.input.distributionName(), this.input.distributions(), null,
				this.input.infrastructureConfigurationArn(),
				options(JsonMapper.shared().createObjectNode().put("containerRecipeArn", recipe))));
	}

	/** Distributes a source image instead of building one. */
	public NewRunBuilder ofSourceImage() {
		return input(new RunInput(this.input.distributionName(), this.input.distributions(), null, null,
				options(JsonMapper.shared()
					.createObjectNode()
					.put("sourceImage", "ami-0123456789abcdef0")
					.put("region", this.input.place().region())
					.put("executionRole",
							"arn:aws:iam::%s:role/distributor".formatted(this.input.place().account())))));
	}

	/** Uses a distribution configuration that is there already. */
	public NewRunBuilder reusing(String distributionConfigurationArn) {
		var options = JsonMapper.shared()
			.createObjectNode()
			.put("distributionConfigurationArn", distributionConfigurationArn);
		this.input.options().json().properties().forEach((option) -> options.set(option.getKey(), option.getValue()));
		return input(new RunInput(null, null, this.input.imageRecipeArn(), this.input.infrastructureConfigurationArn(),
				options(options)));
	}

	private static RunOptions options(JsonNode options) {
		return new RunOptions(options);
	}

	/** Moves the recipe, the infrastructure and the role to another account. */
	public NewRunBuilder account(String account) {
		return input(new RunInput(this.input.distributionName(), this.input.distributions(),
				moved(this.input.imageRecipeArn(), account),
				moved(this.input.infrastructureConfigurationArn(), account), options(JsonMapper.shared()
					.readTree(String.valueOf(moved(this.input.options().json().toString(), account))))));
	}

	private static @Nullable String moved(@Nullable String text, String account) {
		return (text != null) ? text.replace(":123456789012:", ":" + account + ":") : null;
	}

	private NewRunBuilder input(RunInput changed) {
		this.input = changed;
		return this;
	}

	public NewRunBuilder token(@Nullable String token) {
		this.clientToken = token;
		return this;
	}

	public NewRunBuilder labels(Map<String, String> others) {
		this.labels = others;
		return this;
	}

	public NewRunBuilder deadline(@Nullable Duration other) {
		this.deadline = other;
		return this;
	}

	public NewRun build() {
		return new NewRun(this.input, this.clientToken, this.labels, this.deadline);
	}

	/** A name that no other request has. */
	static String anyName() {
		return "web-" + UUID.randomUUID();
	}

}
