package dev.distributeimage.bench;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import dev.distributeimage.DistributeImageApplication;
import dev.distributeimage.imagebuilder.ImageBuilder;
import dev.distributeimage.imagebuilder.NewDistributionConfiguration;
import dev.distributeimage.imagebuilder.NewImage;
import dev.distributeimage.run.Image;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.support.GenericApplicationContext;

/** This service with images that are built for ever, to be started as a process. */
final class BuildingService {

	private BuildingService() {
	}

	public static void main(String[] args) {
		new SpringApplicationBuilder(DistributeImageApplication.class)
			.initializers((GenericApplicationContext context) -> context.registerBean("buildingImageBuilder",
					ImageBuilder.class, Building::new, (definition) -> definition.setPrimary(true)))
			.run(args);
	}

	private static final class Building implements ImageBuilder {

		@Override
		public Image getImage(String imageBuildVersionArn) {
			return new Image("BUILDING", null, List.of(), List.of());
		}

		@Override
		public String createDistributionConfiguration(NewDistributionConfiguration configuration) {
			throw new UnsupportedOperationException();
		}

		@Override
		public boolean hasDistributionConfiguration(String arn, NewDistributionConfiguration configuration) {
			throw new UnsupportedOperationException();
		}

		@Override
		public String createImage(NewImage image) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void cancelImageCreation(String imageBuildVersionArn, String clientToken) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void retryImage(String imageBuildVersionArn, String clientToken) {
			throw new UnsupportedOperationException();
		}

		@Override
		public boolean isBuildCompleted(String imageBuildVersionArn) {
			throw new UnsupportedOperationException();
		}

		@Override
		public Optional<String> findImage(String imageRecipeArn, String distributionConfigurationArn, Instant since,
				Set<String> known) {
			throw new UnsupportedOperationException();
		}

	}

}
