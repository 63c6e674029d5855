package dev.distributeimage.bench;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;

import dev.distributeimage.aws.Place;
import dev.distributeimage.imagebuilder.ImageBuilder;
import dev.distributeimage.imagebuilder.NewDistributionConfiguration;
import dev.distributeimage.imagebuilder.NewImage;
import dev.distributeimage.run.Image;
import tools.jackson.databind.JsonNode;

/** Supports no call; a benchmark overrides the ones it measures. */
abstract class NoImageBuilder implements ImageBuilder {

	@Override
	public String createDistributionConfiguration(NewDistributionConfiguration configuration) {
		throw new UnsupportedOperationException();
	}

	@Override
	public boolean isAsRequested(String arn, NewDistributionConfiguration configuration) {
		throw new UnsupportedOperationException();
	}

	@Override
	public String createImage(NewImage image) {
		throw new UnsupportedOperationException();
	}

	@Override
	public Image getImage(String imageBuildVersionArn) {
		throw new UnsupportedOperationException();
	}

	@Override
	public void cancelImageCreation(UUID run, String imageBuildVersionArn, String clientToken) {
		throw new UnsupportedOperationException();
	}

	@Override
	public void retryImage(UUID run, String imageBuildVersionArn, String clientToken) {
		throw new UnsupportedOperationException();
	}

	@Override
	public boolean isBuildCompleted(String imageBuildVersionArn, BooleanSupplier mayCall) {
		throw new UnsupportedOperationException();
	}

	@Override
	public boolean isUnchanged(String arn, NewDistributionConfiguration configuration, Instant since) {
		throw new UnsupportedOperationException();
	}

	@Override
	public void deleteDistributionConfiguration(UUID run, String distributionConfigurationArn) {
		throw new UnsupportedOperationException();
	}

	@Override
	public JsonNode getDistributions(Place place, String distributionConfigurationArn) {
		throw new UnsupportedOperationException();
	}

	@Override
	public Optional<String> findImage(NewImage image, Instant since, Set<String> known, BooleanSupplier mayCall) {
		throw new UnsupportedOperationException();
	}

}
