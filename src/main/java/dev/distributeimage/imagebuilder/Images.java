package dev.distributeimage.imagebuilder;

import java.util.Comparator;
import java.util.List;
import java.util.Objects;

import dev.distributeimage.run.Ami;
import dev.distributeimage.run.Container;
import dev.distributeimage.run.Image;
import software.amazon.awssdk.services.imagebuilder.model.ImageState;
import software.amazon.awssdk.services.imagebuilder.model.OutputResources;

/** Converts images from the SDK's type to this service's. Any member may be missing. */
final class Images {

	/** Stable order: AWS promises none, and a new order must not look like a change. */
	private static final Comparator<Ami> BY_PLACE = Comparator
		.comparing(Ami::region, Comparator.nullsFirst(Comparator.<String>naturalOrder()))
		.thenComparing(Ami::accountId, Comparator.nullsFirst(Comparator.<String>naturalOrder()))
		.thenComparing(Ami::image, Comparator.nullsFirst(Comparator.<String>naturalOrder()));

	private Images() {
	}

	static Image fromSdk(software.amazon.awssdk.services.imagebuilder.model.Image shown) {
		ImageState state = Objects.requireNonNullElse(shown.state(), ImageState.builder().build());
		OutputResources outputs = Objects.requireNonNullElse(shown.outputResources(),
				OutputResources.builder().build());
		return new Image(AwsText.cleanOrNull(state.statusAsString()), AwsText.cleanOrNull(state.reason()),
				amis(outputs), containers(outputs));
	}

	private static List<Ami> amis(OutputResources outputs) {
		return outputs.amis()
			.stream()
			.filter(Objects::nonNull)
			.map((ami) -> new Ami(AwsText.cleanOrNull(ami.region()), AwsText.cleanOrNull(ami.accountId()),
					AwsText.cleanOrNull(ami.image()), AwsText.cleanOrNull(ami.name())))
			.sorted(BY_PLACE)
			.toList();
	}

	private static List<Container> containers(OutputResources outputs) {
		return outputs.containers()
			.stream()
			.filter(Objects::nonNull)
			.map((container) -> new Container(AwsText.cleanOrNull(container.region()),
					container.imageUris().stream().filter(Objects::nonNull).map(AwsText::clean).toList()))
			.toList();
	}

}
