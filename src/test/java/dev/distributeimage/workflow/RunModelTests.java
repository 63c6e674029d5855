package dev.distributeimage.workflow;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import javax.sql.DataSource;

import dev.distributeimage.DatabaseTest;
import dev.distributeimage.VirtualTime;
import dev.distributeimage.chaos.Chaos;
import dev.distributeimage.imagebuilder.ImageBuilder;
import dev.distributeimage.imagebuilder.ImageBuilders;
import dev.distributeimage.run.LosingDataSource;
import dev.distributeimage.simulator.Simulator;
import dev.distributeimage.simulator.SimulatorSettings;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests random sequences of actions and failures against a model of the rules. {@code
 * -Dchaos.seed} and {@code -Dchaos.sequence} repeat one of them.
 */
@Tag("chaos")
@DatabaseTest
@NullUnmarked
class RunModelTests {

	private static final int ROW = 17;

	private static final int MOST_DIVERGENCES = Integer.getInteger("chaos.divergences", 1);

	private static final Integer ONLY = Integer.getInteger("chaos.sequence");

	@Autowired
	private BeanFactory beans;

	@Autowired
	private DataSource dataSource;

	private final Figures figures = new Figures();

	private VirtualTime time;

	private Simulator simulator;

	private ImageBuilder imageBuilder;

	private final List<String> divergences = new ArrayList<>();

	@Test
	void nothingHappensThatTheModelDoesNotExplain() {
		int sequences = (ONLY != null) ? 1 : Chaos.times(500, 10_000);
		long begun;
		int first = (ONLY != null) ? ONLY : 0;
		this.time = new VirtualTime(JdbcClient.create(database().getTargetDataSource()));
		try (Simulator started = Simulator.start(SimulatorSettings.defaults().withClock(this.time))) {
			this.simulator = started;
			this.imageBuilder = ImageBuilders.at(started.endpoint());
			log(LogLevel.OFF);
			begun = System.nanoTime();
			for (int i = first; i < first + sequences; i++) {
				carryOut(i);
			}
		}
		finally {
			log(null);
		}
		assertThat(this.divergences).isEmpty();
		long each = Duration.ofNanos(System.nanoTime() - begun).dividedBy(sequences).toMillis();
		Chaos.held(ROW, sequences + " random sequences against a model of the rules",
				this.figures + ": no divergence (" + each + " ms a sequence)");
	}

	private void carryOut(int number) {
		List<Action> actions = new RandomActions(Chaos.seed() * 1_000_003 + number, this.imageBuilder).sequence();
		List<String> complaints = complaints(actions, number);
		if (complaints.isEmpty()) {
			return;
		}
		List<Action> fewest = fewest(actions, number);
		List<String> last = complaints(fewest, number);
		this.divergences.add("-Dchaos.seed=%d -Dchaos.sequence=%d%n  %s%n-> %s".formatted(Chaos.seed(), number,
				String.join("\n  ", fewest.stream().map(Action::toString).toList()),
				String.join("\n   ", last.isEmpty() ? complaints : last)));
		assertThat(this.divergences).hasSizeLessThan(MOST_DIVERGENCES);
	}

	private static void log(LogLevel level) {
		LoggingSystem.get(RunModelTests.class.getClassLoader()).setLogLevel("dev.distributeimage", level);
	}

	/** Returns the sequence without the actions that the difference does not need. */
	private List<Action> fewest(List<Action> actions, int number) {
		List<Action> fewest = new ArrayList<>(actions);
		boolean shrunk = true;
		while (shrunk) {
			shrunk = false;
			for (int i = fewest.size() - 1; i >= 0; i--) {
				Action without = fewest.remove(i);
				if (complaints(fewest, number).isEmpty()) {
					fewest.add(i, without);
				}
				else {
					shrunk = true;
				}
			}
		}
		return fewest;
	}

	/**
	 * Returns the sequence up to the first action whose outcome the model does not
	 * explain.
	 */
	private List<String> complaints(List<Action> actions, int number) {
		ModelWorld world = new ModelWorld(this.beans, database(), this.time, this.simulator, this.imageBuilder,
				this.figures, Chaos.seed() + number);
		try {
			for (Action action : actions) {
				this.figures.actions++;
				action.act().accept(world);
				world.check();
				if (!world.complaints().isEmpty()) {
					return world.complaints();
				}
			}
			world.comeToTheEnd();
		}
		catch (RuntimeException ex) {
			return List.of(ex.toString());
		}
		return world.complaints();
	}

	private LosingDataSource database() {
		return (LosingDataSource) this.dataSource;
	}

	/** Provides a database that loses answers to statements that change a run. */
	@TestConfiguration(proxyBeanMethods = false)
	static class LosingDatabase {

		@Bean
		static BeanPostProcessor losing() {
			return new BeanPostProcessor() {

				@Override
				public Object postProcessAfterInitialization(Object bean, String name) {
					return (bean instanceof DataSource database)
							? new LosingDataSource(database,
									(sql) -> sql.matches("(?s).*\\bwith (outcome|asked|cancelled|retried) as .*"))
							: bean;
				}

			};
		}

	}

}
