package dev.distributeimage.simulator;

import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.imagebuilder.model.ComponentConfiguration;
import software.amazon.awssdk.services.imagebuilder.model.InvalidParameterValueException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class StrictRecipesTests extends SteppedSimulatorTest {

	private final ResourceCalls resources = new ResourceCalls(this.calls);

	@BeforeEach
	void strict() {
		this.simulator.change((settings) -> settings.withStrictRecipes(true));
	}

	@ParameterizedTest
	@EnumSource(value = Kind.class, names = { "IMAGE_RECIPE", "INFRASTRUCTURE_CONFIGURATION" })
	void imageFromWhatIsNotThereIsRefused(Kind missing) {
		String recipe = this.resources.create(Kind.IMAGE_RECIPE, "web");
		String infrastructure = this.resources.create(Kind.INFRASTRUCTURE_CONFIGURATION, "small");
		assertThat(this.calls.build("web")).endsWith("image/web/1.0.0/1");
		this.resources.delete(missing, (missing == Kind.IMAGE_RECIPE) ? recipe : infrastructure);
		assertThatExceptionOfType(InvalidParameterValueException.class).isThrownBy(() -> this.calls.build("web"))
			.withMessageContaining("'" + missing.arnMember() + "'");
		assertThat(this.simulator.builds()).isEqualTo(1);
	}

	@Test
	void otherVersionOfARecipeIsNotThere() {
		this.resources.imageRecipe("web", "2.0.0");
		this.resources.create(Kind.INFRASTRUCTURE_CONFIGURATION, "small");
		assertThatExceptionOfType(InvalidParameterValueException.class).isThrownBy(() -> this.calls.build("web"));
	}

	@Test
	void recipeOfAnUnknownComponentIsRefused() {
		String unknown = SdkCalls.PREFIX + "component/web/1.0.0/1";
		String ofAws = "arn:aws:imagebuilder:eu-west-1:aws:component/update-linux/x.x.x";
		assertThat(recipe(ofAws)).endsWith("image-recipe/web/1.0.0");
		assertThatExceptionOfType(InvalidParameterValueException.class).isThrownBy(() -> recipe(ofAws, unknown))
			.withMessageContaining("components[1].componentArn");
	}

	private String recipe(String... components) {
		return this.calls.client()
			.createImageRecipe((request) -> request.name("web")
				.semanticVersion("1.0.0")
				.parentImage("ami-01234567")
				.components(List.of(components)
					.stream()
					.map((arn) -> ComponentConfiguration.builder().componentArn(arn).build())
					.toList()))
			.imageRecipeArn();
	}

}
