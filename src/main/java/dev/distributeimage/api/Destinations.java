package dev.distributeimage.api;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import dev.distributeimage.run.Ami;
import dev.distributeimage.run.Image;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.view.RunSnapshot;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Where a run's AMIs go: every Region of its distributions, there to the run's own
 * account and to the target accounts.
 */
final class Destinations {

	/** The run's own. */
	private final String account;

	private final RunStatus status;

	/** As last seen. */
	private final @Nullable Image image;

	/** The first of every Region and account. */
	private final Map<Place, Ami> amis = new HashMap<>();

	Destinations(String account, RunStatus status, @Nullable Image image) {
		this.account = account;
		this.status = status;
		this.image = image;
		// An AMI without an account is in the account that built it.
		List<Ami> all = (image != null) ? image.amis() : List.of();
		all.forEach((ami) -> this.amis
			.putIfAbsent(new Place(ami.region(), Objects.requireNonNullElse(ami.accountId(), account)), ami));
	}

	static List<Destination> of(RunSnapshot run) {
		return new Destinations(run.account(), run.status(), run.image()).of(run.distributions());
	}

	/** A row for every one. Regions that get nothing but a container have none. */
	List<Destination> of(JsonNode distributions) {
		List<Destination> rows = new ArrayList<>();
		for (JsonNode distribution : distributions) {
			if (!isContainerOnly(distribution)) {
				String region = distribution.path("region").asString();
				accounts(distribution).forEach((accountId) -> rows.add(destination(region, accountId)));
			}
		}
		return rows;
	}

	private static boolean isContainerOnly(JsonNode distribution) {
		return distribution.has("containerDistributionConfiguration") && distribution.size() == 2;
	}

	private Set<String> accounts(JsonNode distribution) {
		Set<String> accounts = new LinkedHashSet<>();
		accounts.add(this.account);
		distribution.path("amiDistributionConfiguration")
			.path("targetAccountIds")
			.forEach((accountId) -> accounts.add(accountId.asString()));
		return accounts;
	}

	private Destination destination(String region, String accountId) {
		Ami ami = this.amis.get(new Place(region, accountId));
		return (ami != null) ? new Destination(region, accountId, Destination.Status.AVAILABLE, ami.image())
				: new Destination(region, accountId, withoutAmi(), null);
	}

	private Destination.Status withoutAmi() {
		if (this.status == RunStatus.RUNNING) {
			return Destination.Status.PENDING;
		}
		boolean failed = this.image != null && "FAILED".equals(this.image.status());
		return failed ? Destination.Status.FAILED : Destination.Status.UNKNOWN;
	}

	/** Where an AMI is, as far as AWS says. */
	private record Place(@Nullable String region, String accountId) {
	}

}
