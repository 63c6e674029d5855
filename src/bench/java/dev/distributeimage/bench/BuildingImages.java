package dev.distributeimage.bench;


import dev.distributeimage.run.Image;

import org.springframework.context.annotation.Primary;

/**
 * Reports every image as being built. As {@code spring.main.sources} it becomes a bean of
 * a service in its own process.
 */
@Primary
final class BuildingImages extends NoImageBuilder {

	@Override
	public Image getImage(String imageBuildVersionArn) {
		return Image.of("BUILDING", null);
	}

}
