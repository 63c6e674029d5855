package dev.distributeimage.bench;

import java.util.List;

import dev.distributeimage.run.Image;

import org.springframework.context.annotation.Primary;

/**
 * Shows every image as being built. With {@code spring.main.sources} it becomes a bean of
 * a service in a process of its own.
 */
@Primary
final class BuildingImages extends NoImageBuilder {

	@Override
	public Image getImage(String imageBuildVersionArn) {
		return new Image("BUILDING", null, List.of(), List.of());
	}

}
