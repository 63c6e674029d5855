package dev.distributeimage.api;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.distributeimage.aws.Place;
import dev.distributeimage.run.Ami;
import dev.distributeimage.run.Image;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.TargetAccounts;
import dev.distributeimage.run.view.RunSnapshot;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MappingIterator;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/**
 * The destinations of a run's AMIs: in each Region of its distributions, the account of
 * the run and the target accounts.
 */
final class Destinations {

	private static final ObjectReader ENTRIES = JsonMapper.shared().readerFor(JsonNode.class);

	/** The account of the run. */
	private final String account;

	private final RunStatus status;

	/** As last seen. */
	private final @Nullable Image image;

	/** The first AMI of each Region and account. */
	private final Map<Place, Ami> amis = new HashMap<>();

	Destinations(String account, RunStatus status, @Nullable Image image) {
		this.account = account;
		this.status = status;
		this.image = image;
		for (Ami ami : (image != null) ? image.amis() : List.<Ami>of()) {
			if (ami.region() != null) {
				// An AMI without an account is in the account that built it.
				String owner = Objects.requireNonNullElse(ami.accountId(), account);
				this.amis.putIfAbsent(new Place(owner, ami.region()), ami);
			}
		}
	}

	static List<Destination> of(RunSnapshot run) {
		return new Destinations(run.account(), run.status(), run.image()).of(run.effectiveDistributions());
	}

	/**
	 * One row per destination. Regions that receive only a container have none. The
	 * entries are parsed one at a time.
	 * @param distributions in JSON
	 */
	List<Destination> of(String distributions) {
		List<Destination> rows = new ArrayList<>();
		try (MappingIterator<JsonNode> entries = ENTRIES.readValues(distributions)) {
			while (entries.hasNext()) {
				JsonNode distribution = entries.next();
				String region = distribution.path("region").asString();
				TargetAccounts.of(distribution, this.account)
					.forEach((accountId) -> rows.add(destination(region, accountId)));
			}
		}
		return rows;
	}

	private Destination destination(String region, String accountId) {
		Ami ami = this.amis.get(new Place(accountId, region));
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

}
