package dev.distributeimage.bench;

import java.util.List;

import dev.distributeimage.DistributeImageApplication;
import dev.distributeimage.imagebuilder.ImageBuilder;
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

	private static final class Building extends NoImageBuilder {

		@Override
		public Image getImage(String imageBuildVersionArn) {
			return new Image("BUILDING", null, List.of(), List.of());
		}

	}

}
