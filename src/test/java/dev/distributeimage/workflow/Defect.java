package dev.distributeimage.workflow;

import java.io.IOError;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;

import dev.distributeimage.Intercepted.Call;
import dev.distributeimage.run.NewRun;
import dev.distributeimage.run.NewRunBuilder;
import dev.distributeimage.run.NewRuns;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A defect that makes a run fail at every attempt of one of its steps.
 *
 * @param name the name of the run's configuration and recipe
 * @param call the method that throws for this run, or the step whose outcome is refused
 * @param thrown what the method throws, or null
 * @param refused the column whose value the database refuses, or null
 */
record Defect(String name, String call, Optional<Supplier<Throwable>> thrown, Optional<String> refused) {

	static List<Defect> all() {
		return Stream
			.of(throwing(() -> new IllegalStateException("Nobody foresaw this")), throwing(StackOverflowError::new),
					throwing(() -> new IOError(new IOException("Nobody foresaw this either"))),
					Stream.of(refusing("createDistributionConfiguration", "distribution_configuration_arn"),
							refusing("createImage", "image_build_version_arn"), refusing("getImage", "image_status")))
			.flatMap((some) -> some)
			.toList();
	}

	private static Stream<Defect> throwing(Supplier<Throwable> thrown) {
		return Stream.of("createDistributionConfiguration", "createImage", "getImage")
			.map((call) -> new Defect(name(thrown.get().getClass().getSimpleName(), call), call, Optional.of(thrown),
					Optional.empty()));
	}

	private static Defect refusing(String call, String column) {
		return new Defect(name("refused", call), call, Optional.empty(), Optional.of(column));
	}

	private static String name(String what, String where) {
		return (what + "-at-" + where).toLowerCase(Locale.ROOT);
	}

	/** Returns a request for a run with this defect. */
	NewRun run(Duration deadline) {
		NewRun like = NewRuns.of("eu-west-1", this.name);
		return new NewRunBuilder(like).name(this.name).token(null).labels(Map.of()).deadline(deadline).build();
	}

	/** Throws if this call has the defect. */
	void meet(Call made) throws Throwable {
		boolean meant = made.name().equals(this.call) && Arrays.toString(made.arguments()).contains(this.name);
		if (meant && this.thrown.isPresent()) {
			throw this.thrown.get().get();
		}
	}

	/** Makes the database refuse the run's outcome. */
	void refuse(JdbcClient jdbc, UUID id) {
		this.refused.ifPresent((column) -> jdbc
			.sql("alter table run add constraint \"%s\" check (id <> '%s' or %s is null)".formatted(this.name, id,
					column))
			.update());
	}

	/** Makes the database accept everything again. */
	void refuseNoMore(JdbcClient jdbc) {
		jdbc.sql("alter table run drop constraint if exists \"%s\"".formatted(this.name)).update();
	}

}
