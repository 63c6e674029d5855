package dev.distributeimage.api;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

import dev.distributeimage.api.Destination.Status;
import dev.distributeimage.aws.Place;
import dev.distributeimage.run.Ami;
import dev.distributeimage.run.Container;
import dev.distributeimage.run.Image;
import dev.distributeimage.run.RegionFailures;
import dev.distributeimage.run.RegionFailures.RegionFailure;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.TargetAccounts;
import dev.distributeimage.run.view.RunSnapshot;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MappingIterator;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/**
 * The destinations of a run. AWS's report on a destination decides its status: first a
 * failure of its Region and account, then the state of its AMI. Only where AWS reports
 * nothing does the presence of an AMI or container image decide.
 */
final class Destinations {

	private static final ObjectReader ENTRIES = JsonMapper.shared().readerFor(JsonNode.class);

	private static final Comparator<Place> BY_PLACE = Comparator.comparing(Place::region).thenComparing(Place::account);

	/** The account of the run. */
	private final String account;

	/** The status of what has neither succeeded nor failed as far as AWS says. */
	private final Status undecided;

	private final RegionFailures failures;

	/** The best AMI of each Region and account. */
	private final Map<Place, Ami> amis = new HashMap<>();

	/** The first container image of each Region. */
	private final Map<String, Container> containers = new TreeMap<>();

	/**
	 * Creates the destinations of a run.
	 * @param account the account of the run
	 * @param undecided the status of what has neither succeeded nor failed
	 * @param image as last seen
	 */
	Destinations(String account, Status undecided, @Nullable Image image) {
		this.account = account;
		this.undecided = undecided;
		this.failures = RegionFailures.of((image != null) ? image.failureContext() : null);
		if (image != null) {
			image.amis().forEach(this::add);
			image.containers().forEach(this::add);
		}
	}

	// An AMI without an account is in the account that built it. A retried distribution
	// may leave a failed AMI beside a good one.
	private void add(Ami ami) {
		if (ami.region() != null) {
			this.amis.merge(new Place(Objects.requireNonNullElse(ami.accountId(), this.account), ami.region()), ami,
					(one, other) -> (status(one) == Status.AVAILABLE || status(other) != Status.AVAILABLE) ? one
							: other);
		}
	}

	private void add(Container container) {
		if (container.region() != null) {
			this.containers.putIfAbsent(container.region(), container);
		}
	}

	/** One row per destination of a run. */
	static List<Destination> of(RunSnapshot run) {
		Destinations destinations = new Destinations(run.account(), undecided(run), run.image());
		String distributions = run.effectiveDistributions();
		return (run.containerRecipeArn() != null) ? destinations.ofContainers(distributions)
				: destinations.ofAmis(distributions);
	}

	/** The status of a destination of this run about which AWS says nothing. */
	private static Status undecided(RunSnapshot run) {
		return run.endedBeforeTheImage() ? Status.NOT_STARTED : undecided(run.status(), run.image());
	}

	/**
	 * The status of a destination about which AWS says nothing.
	 * @param run the status of the run
	 * @param image as last seen
	 */
	static Status undecided(RunStatus run, @Nullable Image image) {
		if (run == RunStatus.RUNNING) {
			return Status.PENDING;
		}
		return (image != null && "FAILED".equals(image.status())) ? Status.FAILED : Status.UNKNOWN;
	}

	/**
	 * One row for each Region of the distributions and each account that gets an AMI
	 * there.
	 * @param distributions in JSON; null if they are not known, so that the rows are
	 * those of the AMIs that are listed
	 */
	List<Destination> ofAmis(@Nullable String distributions) {
		if (distributions == null) {
			return this.amis.keySet().stream().sorted(BY_PLACE).map(this::ami).toList();
		}
		return rows(distributions,
				(distribution) -> TargetAccounts.of(distribution, this.account)
					.stream()
					.map((accountId) -> ami(new Place(accountId, region(distribution))))
					.toList());
	}

	/**
	 * One row for each Region of the distributions that gets a container image.
	 * @param distributions in JSON; null if they are not known, so that the rows are
	 * those of the container images that are listed
	 */
	List<Destination> ofContainers(@Nullable String distributions) {
		if (distributions == null) {
			return this.containers.keySet().stream().map(this::container).toList();
		}
		return rows(distributions, (distribution) -> distribution.has("containerDistributionConfiguration")
				? List.of(container(region(distribution))) : List.of());
	}

	// The entries are parsed one at a time, because together they may take megabytes.
	private static List<Destination> rows(String distributions, Function<JsonNode, List<Destination>> ofEntry) {
		List<Destination> rows = new ArrayList<>();
		try (MappingIterator<JsonNode> entries = ENTRIES.readValues(distributions)) {
			while (entries.hasNext()) {
				rows.addAll(ofEntry.apply(entries.next()));
			}
		}
		return rows;
	}

	private static String region(JsonNode distribution) {
		return distribution.path("region").asString();
	}

	private Destination ami(Place place) {
		Ami ami = this.amis.get(place);
		String image = (ami != null) ? ami.image() : null;
		String reason = (ami != null) ? ami.reason() : null;
		boolean saidToBeAvailable = ami != null && "AVAILABLE".equals(ami.status());
		return failure(place, saidToBeAvailable).map((failure) -> failed(place, image, failure, reason))
			.orElseGet(() -> new Destination(place.region(), place.account(), status(ami), image, reason));
	}

	private Destination container(String region) {
		Container container = this.containers.get(region);
		String image = (container != null && !container.imageUris().isEmpty()) ? container.imageUris().get(0) : null;
		Place place = new Place(this.account, region);
		return failure(place, false).map((failure) -> failed(place, image, failure, null))
			.orElseGet(() -> new Destination(region, this.account,
					(container != null) ? Status.AVAILABLE : this.undecided, image, null));
	}

	private static Destination failed(Place place, @Nullable String image, RegionFailure failure,
			@Nullable String reason) {
		return new Destination(place.region(), place.account(), Status.FAILED, image,
				(failure.message() != null) ? failure.message() : reason);
	}

	// A failure of the whole Region does not mean an AMI that AWS says is available.
	private Optional<RegionFailure> failure(Place place, boolean saidToBeAvailable) {
		Optional<RegionFailure> ofPlace = this.failures.in(place);
		return (ofPlace.isPresent() || saidToBeAvailable) ? ofPlace : this.failures.inAllOf(place.region());
	}

	// Statuses are AWS's words and may be new ones. An AMI that was deprecated or
	// disabled since had become available.
	private Status status(@Nullable Ami ami) {
		if (ami == null) {
			return this.undecided;
		}
		if (ami.status() == null) {
			return Status.AVAILABLE;
		}
		return switch (ami.status()) {
			case "AVAILABLE" -> Status.AVAILABLE;
			case "FAILED", "DELETED", "CANCELLED" -> Status.FAILED;
			case "DEPRECATED", "DISABLED" -> (this.undecided == Status.PENDING) ? Status.PENDING : Status.AVAILABLE;
			default -> this.undecided;
		};
	}

}
