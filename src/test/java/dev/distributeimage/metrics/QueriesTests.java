package dev.distributeimage.metrics;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests that the names of metrics are found in queries. */
class QueriesTests {

	@ParameterizedTest
	@CsvSource(delimiter = '^', textBlock = """
			up == 0                                                             ^ ''
			time() - max by (namespace, job) (a_seconds > 0) > 120              ^ a_seconds
			absent(a{code="b_total", x=~"c|d"} > 0)                             ^ a
			sum by (job) (rate(a_total[$__rate_interval])) / 1e3                ^ a_total
			a unless a offset 3h or increase(b:c:d[3h])                         ^ a b:c:d
			histogram_quantile(0.99, sum by (le) (rate(a_bucket[5m])))          ^ a_bucket
			label_values(a{job="b"}, region)                                    ^ a
			sum(a) without (instance) + on (job) group_left (team) b > $limit   ^ a b
			""")
	void namesAreFound(String query, String names) {
		assertThat(String.join(" ", Queries.names(query))).isEqualTo(names);
	}

}
