package dev.distributeimage.api;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import com.networknt.schema.Schema;
import dev.distributeimage.api.contract.OpenApi;
import dev.distributeimage.api.contract.QueryParameters;
import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.run.LeftoverKind;
import dev.distributeimage.run.view.LeftoverFilter;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;

/** The query parameters of a list of leftovers. Their forms are the contract's. */
final class LeftoverParameters {

	private static final Duration LONGEST_AGE = Duration.ofDays(3650);

	private static final Map<String, String> DETAILS = Map.of("kind",
			"Must be one of: distribution-configuration, ami.", "region",
			"Must be the name of a Region, such as eu-west-1.", "accountId", "Must be an account: 12 digits.",
			"olderThan",
			"Must be a duration of days, hours, minutes and seconds, such as P7D or PT36H, of at most 3,650 days.");

	private static final Map<String, Schema> SCHEMAS = OpenApi.document()
		.at("/paths/~1v1~1leftovers/get/parameters")
		.valueStream()
		.filter((parameter) -> DETAILS.containsKey(parameter.path("name").asString("")))
		.collect(Collectors.toMap((parameter) -> parameter.path("name").stringValue(),
				(parameter) -> OpenApi.schema(parameter.path("schema"))));

	private final QueryParameters query;

	private LeftoverParameters(QueryParameters query) {
		this.query = query;
	}

	/** A request for a page of leftovers. */
	record Query(LeftoverFilter filter, RequestedPage page) {
	}

	/**
	 * The request for a page of leftovers.
	 * @param owner the only owner whose leftovers are listed, to which page tokens are
	 * bound; null for all
	 * @throws ProblemException that lists all violations
	 */
	static Query of(HttpServletRequest request, @Nullable String owner) {
		QueryParameters query = QueryParameters.collecting(request,
				Set.of("kind", "region", "accountId", "olderThan", "pageSize", "pageToken"));
		LeftoverFilter filter = new LeftoverParameters(query).filter(owner);
		return new Query(filter, ListParameters.page(query, request, "leftovers", owner));
	}

	private LeftoverFilter filter(@Nullable String owner) {
		String kind = value("kind");
		return new LeftoverFilter((kind != null) ? LeftoverKind.of(kind).orElseThrow() : null, value("region"),
				value("accountId"), olderThan(), owner);
	}

	/** The value of a parameter, or null if it is not given or not valid. */
	private @Nullable String value(String name) {
		String value = this.query.one(name).orElse(null);
		if (value == null) {
			return null;
		}
		Schema schema = SCHEMAS.get(name);
		if (schema == null || !schema.validate(JsonNodeFactory.instance.stringNode(value)).isEmpty()) {
			violated(name);
			return null;
		}
		return value;
	}

	private @Nullable Duration olderThan() {
		String value = value("olderThan");
		if (value == null) {
			return null;
		}
		try {
			Duration age = Duration.parse(value);
			if (age.compareTo(LONGEST_AGE) <= 0) {
				return age;
			}
		}
		catch (DateTimeException | ArithmeticException ex) {
			// Too long to be one.
		}
		violated("olderThan");
		return null;
	}

	private void violated(String name) {
		this.query.violated(name, String.valueOf(DETAILS.get(name)));
	}

}
