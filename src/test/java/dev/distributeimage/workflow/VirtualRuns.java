package dev.distributeimage.workflow;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import dev.distributeimage.DatabaseTest;
import dev.distributeimage.TestPostgres;
import dev.distributeimage.VirtualTime;
import dev.distributeimage.imagebuilder.ImageBuilder;
import dev.distributeimage.imagebuilder.ImageBuilders;
import dev.distributeimage.run.NewRun;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.simulator.Operation;
import dev.distributeimage.simulator.RecordedRequest;
import dev.distributeimage.simulator.Simulator;
import dev.distributeimage.simulator.SimulatorSettings;
import org.junit.jupiter.api.AfterEach;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Whole runs in virtual time, through the real SDK client and a real PostgreSQL: hours in
 * milliseconds.
 */
@DatabaseTest
abstract class VirtualRuns {

	final Simulator simulator;

	final VirtualTime time;

	final ImageBuilder imageBuilder;

	final Engine engine;

	/**
	 * Creates it without runs.
	 * @param pace the time an image spends in each status
	 */
	VirtualRuns(BeanFactory beans, JdbcClient jdbc, Duration pace) {
		this(beans, jdbc, pace, Map.of());
	}

	/**
	 * Creates it without runs.
	 * @param externalIds the external ids of the accounts that are entered by a role
	 */
	VirtualRuns(BeanFactory beans, JdbcClient jdbc, Duration pace, Map<String, String> externalIds) {
		TestPostgres.empty(jdbc);
		this.time = new VirtualTime(jdbc);
		this.simulator = Simulator.start(SimulatorSettings.defaults().withClock(this.time).withPace(pace));
		this.imageBuilder = externalIds.isEmpty() ? ImageBuilders.at(this.simulator.endpoint())
				: ImageBuilders.withRoles(this.simulator.endpoint(), Engine.ATTEMPT_TIMEOUT, externalIds,
						this.time.withZone(ZoneOffset.UTC));
		this.engine = new Engine(beans, this.time, this.imageBuilder, 42);
	}

	/** Returns a request of this kind. A configuration that it reuses is there. */
	NewRun any(RunKind kind) {
		return of(kind, NewRuns.any());
	}

	/**
	 * Returns the request as one of this kind. A configuration that it reuses is there.
	 */
	NewRun of(RunKind kind, NewRun asked) {
		return kind.isReusing() ? kind.like(asked, existing(String.valueOf(asked.input().distributionName())))
				: kind.like(asked, "");
	}

	/** Creates a configuration of another owner and returns its ARN. */
	String existing(String name) {
		return this.imageBuilder.createDistributionConfiguration(Configurations.other(name));
	}

	/** The intervals between calls of an operation. */
	List<Duration> distances(Operation operation) {
		List<Instant> calls = this.simulator.requests(operation).stream().map(RecordedRequest::at).toList();
		return IntStream.range(1, calls.size())
			.mapToObj((i) -> Duration.between(calls.get(i - 1), calls.get(i)))
			.toList();
	}

	@AfterEach
	void closeSimulator() {
		this.simulator.close();
	}

}
