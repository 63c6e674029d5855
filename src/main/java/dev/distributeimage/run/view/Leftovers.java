package dev.distributeimage.run.view;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

import dev.distributeimage.run.LeftoverKind;
import dev.distributeimage.run.queue.CleanupSettings;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Resources that ended runs have left in AWS, by their rows. A configuration that another
 * run uses is no leftover, nor is the configuration of a run that succeeded, unless the
 * service is set to remove all.
 */
@Component
public class Leftovers {

	/** The number up to which leftovers of a kind are counted. */
	static final int MOST_COUNTED = 10_000;

	private static final String IS_LEFT = """
			leftover.closed_at is null and (leftover.kind = 'ami'
			    or (leftover.reason <> 'superseded' or cast(:removesAfterSuccess as boolean))
			      and not exists (select from configuration_user(leftover.resource, leftover.run_id)))""";

	private static final String LIST = """
			select %s from leftover
			where number < :before and %s
			  and (cast(:kind as leftover_kind) is null or kind = cast(:kind as leftover_kind))
			  and (cast(:region as text) is null or region = :region)
			  and (cast(:account as text) is null or account = :account)
			  and (cast(:olderThan as interval) is null or since <= engine_now() - cast(:olderThan as interval))
			  and (cast(:owner as text) is null or owner = :owner)
			order by number desc limit :limit""".formatted(Leftover.COLUMNS, IS_LEFT);

	// One that was removed stays known, so that a repeated request finds it.
	private static final String FIND = """
			select %s from leftover
			where id = :id and (%s or closed_at is not null and gone)""".formatted(Leftover.COLUMNS, IS_LEFT);

	private static final String COUNT = """
			select count(*) from (select from leftover where kind = cast(:kind as leftover_kind) and %s limit :most) counted"""
		.formatted(IS_LEFT);

	private final JdbcClient jdbc;

	private final JsonMapper json;

	private final boolean removesAfterSuccess;

	Leftovers(JdbcClient jdbc, JsonMapper json, CleanupSettings settings) {
		this.jdbc = jdbc;
		this.json = json;
		this.removesAfterSuccess = settings.removesAfterSuccess();
	}

	/**
	 * Lists leftovers, the newest first.
	 * @param before the number of the leftover that the list follows
	 */
	public List<Leftover> list(LeftoverFilter filter, long before, int limit) {
		return this.jdbc.sql(LIST)
			.param("removesAfterSuccess", this.removesAfterSuccess)
			.param("before", before)
			.param("kind", (filter.kind() != null) ? filter.kind().toString() : null)
			.param("region", filter.region())
			.param("account", filter.accountId())
			.param("olderThan", (filter.olderThan() != null) ? filter.olderThan().toString() : null)
			.param("owner", filter.owner())
			.param("limit", limit)
			.query((row, number) -> Leftover.of(row, this.json))
			.list();
	}

	/** Finds a leftover, or one that was removed. */
	public Optional<Leftover> find(UUID id) {
		return this.jdbc.sql(FIND)
			.param("id", id)
			.param("removesAfterSuccess", this.removesAfterSuccess)
			.query((row, number) -> Leftover.of(row, this.json))
			.optional();
	}

	/** Counts the leftovers of each kind, up to {@link #MOST_COUNTED}. */
	public Map<LeftoverKind, Integer> count() {
		Map<LeftoverKind, Integer> counts = new EnumMap<>(LeftoverKind.class);
		for (LeftoverKind kind : LeftoverKind.values()) {
			counts.put(kind,
					this.jdbc.sql(COUNT)
						.param("kind", kind.toString())
						.param("removesAfterSuccess", this.removesAfterSuccess)
						.param("most", MOST_COUNTED)
						.query(Integer.class)
						.single());
		}
		return counts;
	}

}
