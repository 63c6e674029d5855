package dev.distributeimage.imagebuilder;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.distributeimage.run.Ami;
import dev.distributeimage.run.Container;
import dev.distributeimage.run.Image;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.imagebuilder.model.ImageState;
import software.amazon.awssdk.services.imagebuilder.model.OutputResources;
import tools.jackson.databind.JsonNode;

/** Converts images from the SDK's type to this service's. Any member may be missing. */
final class Images {

	private static final Comparator<@Nullable String> NULLS_FIRST = Comparator
		.nullsFirst(Comparator.<String>naturalOrder());

	/** Stable order: AWS promises none, and a new order must not look like a change. */
	private static final Comparator<Ami> AMIS = Comparator.comparing(Ami::region, NULLS_FIRST)
		.thenComparing(Ami::accountId, NULLS_FIRST)
		.thenComparing(Ami::image, NULLS_FIRST);

	private static final Comparator<Container> CONTAINERS = Comparator.comparing(Container::region, NULLS_FIRST);

	private static final ImageState NO_STATE = ImageState.builder().build();

	private static final Logger logger = LoggerFactory.getLogger(Images.class);

	/** Texts by what AWS sent: thousands of AMIs share Regions, names and statuses. */
	private final Map<String, String> texts = new HashMap<>();

	/** The ARN of the image, for the log. */
	private final @Nullable String arn;

	private Images(@Nullable String arn) {
		this.arn = arn;
	}

	/**
	 * Converts an image.
	 * @param failureContext the member of the state that the SDK does not know
	 */
	static Image fromSdk(software.amazon.awssdk.services.imagebuilder.model.Image shown,
			@Nullable JsonNode failureContext) {
		ImageState state = Objects.requireNonNullElse(shown.state(), NO_STATE);
		OutputResources outputs = Objects.requireNonNullElse(shown.outputResources(),
				OutputResources.builder().build());
		Images images = new Images(shown.arn());
		return new Image(AwsText.cleanOrNull(state.statusAsString()), images.reason(state.reason()),
				(failureContext != null) ? AwsText.forCallers(failureContext) : null, images.amis(outputs),
				containers(outputs));
	}

	// A reason that names an identity comes with a status at which the image ends, and is
	// seen once.
	private @Nullable String reason(@Nullable String reason) {
		return (reason != null) ? this.texts.computeIfAbsent(reason, this::shown) : null;
	}

	private String shown(String reason) {
		String shown = AwsText.forCallers(reason);
		String whole = AwsText.clean(reason);
		if (!shown.equals(whole)) {
			logger.warn("Image {}: {}", this.arn, whole);
		}
		return shown;
	}

	private List<Ami> amis(OutputResources outputs) {
		return outputs.amis().stream().filter(Objects::nonNull).map(this::ami).sorted(AMIS).toList();
	}

	private Ami ami(software.amazon.awssdk.services.imagebuilder.model.Ami ami) {
		ImageState state = Objects.requireNonNullElse(ami.state(), NO_STATE);
		return new Ami(shared(ami.region()), shared(ami.accountId()), AwsText.cleanOrNull(ami.image()),
				shared(ami.name()), shared(state.statusAsString()), reason(state.reason()));
	}

	private @Nullable String shared(@Nullable String text) {
		return (text != null) ? this.texts.computeIfAbsent(text, AwsText::clean) : null;
	}

	private static List<Container> containers(OutputResources outputs) {
		return outputs.containers()
			.stream()
			.filter(Objects::nonNull)
			.map((container) -> new Container(AwsText.cleanOrNull(container.region()),
					container.imageUris().stream().filter(Objects::nonNull).map(AwsText::clean).toList()))
			.sorted(CONTAINERS)
			.toList();
	}

}
