package dev.distributeimage.workflow;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.distributeimage.run.NewRunBuilder;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.simulator.Ending;
import dev.distributeimage.simulator.Fault;
import dev.distributeimage.simulator.Operation;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

/** Tests what the log tells of runs that change, in virtual time. */
@NullUnmarked
class StateChangeTests extends VirtualRuns {

	private static final String IMAGE = "arn:aws:imagebuilder:eu-west-1:123456789012:image/web/1.0.0/1";

	private final Logger logger = (Logger) LoggerFactory.getLogger(StateChange.class);

	private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

	StateChangeTests(@Autowired BeanFactory beans, @Autowired JdbcClient jdbc) {
		super(beans, jdbc, Duration.ofMinutes(2));
	}

	@BeforeEach
	void listen() {
		this.logger.setLevel(Level.INFO);
		this.lines.start();
		this.logger.addAppender(this.lines);
	}

	@AfterEach
	void stopListening() {
		this.logger.detachAppender(this.lines);
		this.logger.setLevel(null);
	}

	@Test
	void everyChangeIsALineAtInfo() {
		UUID id = this.engine.start(NewRuns.named("My web"));
		this.engine.runToTheEnd();
		assertThat(this.lines.list).extracting(ILoggingEvent::getLevel).containsOnly(Level.INFO);
		assertThat(this.lines.list).extracting(ILoggingEvent::getFormattedMessage)
			.containsExactly(
					"Run %s: RUNNING createDistributionConfiguration -> RUNNING createImage; My web".formatted(id),
					"Run %s: RUNNING createImage -> RUNNING getImage; My web, %s".formatted(id, IMAGE),
					"Run %s: RUNNING getImage -> SUCCEEDED getImage; My web, %s, AVAILABLE".formatted(id, IMAGE));
		assertThat(fields(2)).containsExactly(entry("runId", id.toString()), entry("statusBefore", "RUNNING"),
				entry("stepBefore", "getImage"), entry("status", "SUCCEEDED"), entry("step", "getImage"),
				entry("distributionName", "My web"), entry("imageBuildVersionArn", IMAGE),
				entry("finalStatus", "AVAILABLE"));
	}

	@Test
	void failedImageIsALineAtWarnWithItsReason() {
		String reason = "Image build failed: " + "no ".repeat(200);
		this.simulator.nextImage(Ending.failedAt("BUILDING", reason));
		UUID id = this.engine.start(NewRuns.named("web"));
		this.engine.runToTheEnd();
		String shown = reason.substring(0, 300);
		assertThat(last().getLevel()).isEqualTo(Level.WARN);
		assertThat(last().getFormattedMessage())
			.isEqualTo("Run %s: RUNNING getImage -> FAILED getImage; web, %s, FAILED; %s".formatted(id, IMAGE, shown));
		assertThat(fields(2)).containsEntry("reason", shown).doesNotContainKey("code");
	}

	@Test
	void refusalIsALineAtWarnWithItsCode() {
		this.simulator.onNext(Operation.CREATE_IMAGE,
				Fault.error(400, "InvalidParameterCombinationException", "The recipe and\nthe rest do not fit."));
		UUID id = this.engine.start(NewRuns.named("web"));
		this.engine.runToTheEnd();
		assertThat(last().getLevel()).isEqualTo(Level.WARN);
		assertThat(last().getFormattedMessage()).isEqualTo(
				"Run %s: RUNNING createImage -> FAILED createImage; web, InvalidParameterCombinationException; The recipe and\nthe rest do not fit."
					.formatted(id));
		assertThat(fields(1)).containsEntry("status", "FAILED")
			.containsEntry("distributionName", "web")
			.containsEntry("code", "InvalidParameterCombinationException")
			.containsEntry("reason", "The recipe and\nthe rest do not fit.")
			.doesNotContainKeys("imageBuildVersionArn", "finalStatus");
	}

	@Test
	void timeoutIsALineAtWarn() {
		this.simulator.nextImage(Ending.stuckIn("BUILDING"));
		UUID id = this.engine.start(new NewRunBuilder(NewRuns.named("web")).deadline(Duration.ofMinutes(5)).build());
		this.engine.runToTheEnd();
		assertThat(last().getLevel()).isEqualTo(Level.WARN);
		assertThat(last().getFormattedMessage())
			.isEqualTo("Run %s: RUNNING getImage -> TIMED_OUT getImage; web, %s, BUILDING".formatted(id, IMAGE));
	}

	@Test
	void changeIsToldOnceItIsStored() {
		this.engine.start(NewRuns.any());
		this.engine.callAndDie();
		assertThat(this.lines.list).isEmpty();
	}

	@Test
	void imageThatIsBuiltAgainIsToldWithTheName() {
		this.simulator.nextImage(Ending.failedAt("BUILDING", "no"));
		UUID id = this.engine.start(NewRuns.named("web"));
		this.engine.runToTheEnd();
		this.engine.retry(id);
		this.lines.list.clear();
		this.engine.runToTheEnd();
		assertThat(this.lines.list).extracting(ILoggingEvent::getFormattedMessage)
			.first()
			.isEqualTo("Run %s: RUNNING getImage -> RUNNING createImage; web".formatted(id));
	}

	private ILoggingEvent last() {
		return this.lines.list.get(this.lines.list.size() - 1);
	}

	private Map<String, String> fields(int line) {
		return this.lines.list.get(line)
			.getKeyValuePairs()
			.stream()
			.collect(Collectors.toMap((pair) -> pair.key, (pair) -> pair.value.toString(), (one, other) -> one,
					LinkedHashMap::new));
	}

}
