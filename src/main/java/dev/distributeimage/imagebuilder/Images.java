package dev.distributeimage.imagebuilder;

import java.util.Comparator;
import java.util.List;
import java.util.Objects;

import dev.distributeimage.run.Ami;
import dev.distributeimage.run.Container;
import dev.distributeimage.run.Image;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.imagebuilder.model.ImageState;
import software.amazon.awssdk.services.imagebuilder.model.OutputResources;

/** Converts images from the SDK's type to this service's. Any member may be missing. */
final class Images {

	/** Stable order: AWS promises none, and a new order must not look like a change. */
	private static final Comparator<Ami> BY_PLACE = Comparator
		.comparing(Ami::region, Comparator.nullsFirst(Comparator.<String>naturalOrder()))
		.thenComparing(Ami::accountId, Comparator.nullsFirst(Comparator.<String>naturalOrder()))
		.thenComparing(Ami::image, Comparator.nullsFirst(Comparator.<String>naturalOrder()));

	private static final Logger logger = LoggerFactory.getLogger(Images.class);

	private Images() {
	}

	static Image fromSdk(software.amazon.awssdk.services.imagebuilder.model.Image shown) {
		ImageState state = Objects.requireNonNullElse(shown.state(), ImageState.builder().build());
		OutputResources outputs = Objects.requireNonNullElse(shown.outputResources(),
				OutputResources.builder().build());
		return new Image(AwsText.cleanOrNull(state.statusAsString()), reason(shown.arn(), state.reason()),
				amis(outputs), containers(outputs));
	}

	// A reason that names an identity comes with a status at which the image ends, and is
	// seen once.
	private static @Nullable String reason(@Nullable String arn, @Nullable String reason) {
		if (reason == null) {
			return null;
		}
		String shown = AwsText.forCallers(reason);
		String whole = AwsText.clean(reason);
		if (!shown.equals(whole)) {
			logger.warn("Image {}: {}", arn, whole);
		}
		return shown;
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
