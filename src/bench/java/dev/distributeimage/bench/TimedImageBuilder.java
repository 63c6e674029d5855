package dev.distributeimage.bench;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import dev.distributeimage.aws.Place;
import dev.distributeimage.imagebuilder.ImageBuilder;
import dev.distributeimage.imagebuilder.NewDistributionConfiguration;
import dev.distributeimage.imagebuilder.NewImage;
import dev.distributeimage.run.Image;
import tools.jackson.databind.JsonNode;

/** Passes calls on and records their duration. */
public record TimedImageBuilder(ImageBuilder target, Times times) implements ImageBuilder {

	/** The calls of all runs, by the names of their distribution configurations. */
	static final class Times {

		private final Map<String, Long> nanosOfConfigurations = new ConcurrentHashMap<>();

		private final Map<String, Built> built = new ConcurrentHashMap<>();

		private final AtomicLong calls = new AtomicLong();

		private final AtomicLong nanos = new AtomicLong();

		/**
		 * The time of CreateImage's answer, and the duration of the run's calls until
		 * then.
		 */
		record Built(long at, long nanosOfCalls) {
		}

		void forget() {
			this.nanosOfConfigurations.clear();
			this.built.clear();
			this.calls.set(0);
			this.nanos.set(0);
		}

		Map<String, Built> built() {
			return this.built;
		}

		long calls() {
			return this.calls.get();
		}

		double millisPerCall() {
			return this.nanos.get() / 1e6 / this.calls.get();
		}

		private <T> T of(Supplier<T> call, Noted noted) {
			long begin = System.nanoTime();
			T answer = call.get();
			long end = System.nanoTime();
			this.calls.incrementAndGet();
			this.nanos.addAndGet(end - begin);
			noted.took(end, end - begin);
			return answer;
		}

		/** Records a call. */
		private interface Noted {

			void took(long end, long nanos);

		}

	}

	@Override
	public String createDistributionConfiguration(NewDistributionConfiguration configuration) {
		return this.times.of(() -> this.target.createDistributionConfiguration(configuration),
				(end, nanos) -> this.times.nanosOfConfigurations.put(configuration.input().distributionName(), nanos));
	}

	@Override
	public String createImage(NewImage image) {
		String arn = image.distributionConfigurationArn();
		String name = arn.substring(arn.lastIndexOf('/') + 1);
		return this.times.of(() -> this.target.createImage(image), (end, nanos) -> this.times.built.put(name,
				new Times.Built(end, nanos + this.times.nanosOfConfigurations.getOrDefault(name, 0L))));
	}

	@Override
	public Image getImage(String imageBuildVersionArn) {
		return this.times.of(() -> this.target.getImage(imageBuildVersionArn), (end, nanos) -> {
		});
	}

	@Override
	public boolean isAsRequested(String arn, NewDistributionConfiguration configuration) {
		return this.target.isAsRequested(arn, configuration);
	}

	@Override
	public void cancelImageCreation(UUID run, String imageBuildVersionArn, String clientToken) {
		this.target.cancelImageCreation(run, imageBuildVersionArn, clientToken);
	}

	@Override
	public void retryImage(UUID run, String imageBuildVersionArn, String clientToken) {
		this.target.retryImage(run, imageBuildVersionArn, clientToken);
	}

	@Override
	public boolean isBuildCompleted(String imageBuildVersionArn, BooleanSupplier mayCall) {
		return this.target.isBuildCompleted(imageBuildVersionArn, mayCall);
	}

	@Override
	public boolean isUnchanged(String arn, NewDistributionConfiguration configuration, Instant since) {
		return this.target.isUnchanged(arn, configuration, since);
	}

	@Override
	public void deleteDistributionConfiguration(UUID run, String distributionConfigurationArn) {
		this.target.deleteDistributionConfiguration(run, distributionConfigurationArn);
	}

	@Override
	public JsonNode getDistributions(Place place, String distributionConfigurationArn) {
		return this.target.getDistributions(place, distributionConfigurationArn);
	}

	@Override
	public Optional<String> findImage(NewImage image, Instant since, Set<String> known, BooleanSupplier mayCall) {
		return this.target.findImage(image, since, known, mayCall);
	}

}
