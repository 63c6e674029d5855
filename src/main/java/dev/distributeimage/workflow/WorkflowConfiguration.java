package dev.distributeimage.workflow;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;

import dev.distributeimage.aws.AwsSettings;
import dev.distributeimage.imagebuilder.ImageBuilder;
import dev.distributeimage.imagebuilder.LargeResponses;
import dev.distributeimage.run.intake.Cleanup;
import dev.distributeimage.run.queue.CleanupSettings;
import dev.distributeimage.run.queue.RemovalQueue;
import dev.distributeimage.run.queue.ReusedConfigurations;
import dev.distributeimage.run.queue.RunQueue;
import dev.distributeimage.run.queue.RunWriter;
import dev.distributeimage.run.view.EarlierBuilds;
import dev.distributeimage.run.view.NameHolders;
import dev.distributeimage.startup.RefusedStartException;
import dev.distributeimage.trace.Traces;
import dev.distributeimage.workflow.pace.Backoff;
import dev.distributeimage.workflow.pace.CallBudget;
import dev.distributeimage.workflow.pace.Expectations;
import dev.distributeimage.workflow.pace.ImageSettings;
import dev.distributeimage.workflow.pace.PollSchedule;
import dev.distributeimage.workflow.pace.RetrySettings;
import dev.distributeimage.workflow.pace.Throttles;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/** Assembles the engine. */
@Configuration(proxyBeanMethods = false)
class WorkflowConfiguration {

	/** Removals are for the next minutes, not for the next second. */
	private static final Duration REMOVAL_TICK = Duration.ofSeconds(5);

	/** Provides the thread that scans for due runs. */
	@Bean
	ScheduledExecutorService runPollerTicker() {
		return Executors.newSingleThreadScheduledExecutor(new CustomizableThreadFactory("run-poller-"));
	}

	/** Provides the thread that removes distribution configurations. */
	@Bean
	ScheduledExecutorService removalPollerTicker() {
		return Executors.newSingleThreadScheduledExecutor(new CustomizableThreadFactory("removals-"));
	}

	/** Provides the threads that call AWS. */
	@Bean
	ExecutorService runPollerWorkers(PollerSettings settings) {
		return Executors.newFixedThreadPool(settings.concurrency(), new CustomizableThreadFactory("run-worker-"));
	}

	@Bean
	Throttles throttles() {
		return new Throttles();
	}

	@Bean
	Backoff backoff(RetrySettings retry, ImageSettings image, Throttles throttles) {
		return new Backoff(retry.firstDelay(), retry.maxDelay(), image.pollEvery(),
				() -> ThreadLocalRandom.current().nextLong(), throttles);
	}

	@Bean
	PollSchedule pollSchedule(Backoff backoff, EarlierBuilds earlierBuilds) {
		return new PollSchedule(backoff, new Expectations(earlierBuilds::ofRecipeOf, System::nanoTime));
	}

	@Bean
	Steps steps(ImageBuilder imageBuilder, NameHolders nameHolders, ReusedConfigurations reusedConfigurations,
			Backoff backoff, PollSchedule schedule, AwsSettings aws, MeterRegistry metrics) {
		Counter unknownStatuses = Counter.builder("distribute.image.status.unknown")
			.description("Polls that returned an unknown image status")
			.register(metrics);
		return new Steps(new CreateDistributionConfiguration(imageBuilder, nameHolders, backoff, aws.attemptTimeout()),
				new CreateImage(imageBuilder, reusedConfigurations, backoff, aws.attemptTimeout()),
				new GetImage(imageBuilder, aws.attemptTimeout(), backoff, schedule, unknownStatuses));
	}

	@Bean
	RunAdvancer runAdvancer(Steps steps, RunQueue queue, RunWriter writer, Backoff backoff, Throttles throttles,
			LargeResponses largeResponses, AwsSettings aws, MeterRegistry metrics, Traces traces) {
		return new RunAdvancer(steps, queue, writer, backoff, throttles, largeResponses, aws.attemptTimeout(), metrics,
				traces);
	}

	@Bean
	Pulse pulse(Clock clock) {
		return new Pulse(clock);
	}

	@Bean
	ClaimQueue claimQueue(PollerSettings settings, AwsSettings aws, CallBudget callBudget) {
		return new ClaimQueue(settings.workers(aws.attemptTimeout()), callBudget, System::nanoTime);
	}

	@Bean
	RunPoller runPoller(RunQueue queue, RunAdvancer advancer, PollerSettings settings, AwsSettings aws,
			ClaimQueue claims, Pulse pulse, ScheduledExecutorService runPollerTicker,
			ExecutorService runPollerWorkers) {
		if (settings.claimFor().compareTo(aws.attemptTimeout().multipliedBy(3)) < 0) {
			throw new RefusedStartException(
					"distribute-image.poller.claim-for must be at least three times distribute-image.aws.attempt-timeout: %d ms is less than 3 × %d ms."
						.formatted(settings.claimFor().toMillis(), aws.attemptTimeout().toMillis()));
		}
		return new RunPoller(queue, advancer, settings, claims, pulse, runPollerTicker, runPollerWorkers);
	}

	@Bean
	CallBudget callBudget(AwsSettings aws) {
		return new CallBudget(aws.callsPerSecond(), System::nanoTime);
	}

	@Bean
	ConfigurationRemoval configurationRemoval(ImageBuilder imageBuilder, RemovalQueue removals, Backoff backoff,
			Throttles throttles, AwsSettings aws, CleanupSettings cleanup) {
		return new ConfigurationRemoval(imageBuilder, removals, backoff, throttles, aws.attemptTimeout(),
				cleanup.removesAfterSuccess());
	}

	@Bean
	RemovalPoller removalPoller(RemovalQueue removals, ConfigurationRemoval removal, Cleanup cleanup,
			CallBudget callBudget, PollerSettings settings, ScheduledExecutorService removalPollerTicker) {
		return new RemovalPoller(removals, removal, cleanup, callBudget, settings, removalPollerTicker, REMOVAL_TICK);
	}

	@Bean
	PollerMetrics pollerMetrics(PollerSettings settings, Pulse pulse, ClaimQueue claims) {
		return new PollerMetrics(settings, pulse, claims);
	}

}
