package dev.distributeimage.imagebuilder;

import java.time.Duration;

import dev.distributeimage.simulator.Operation;
import dev.distributeimage.simulator.Simulator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.services.imagebuilder.ImagebuilderClient;
import software.amazon.awssdk.services.imagebuilder.model.ResourceNotFoundException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ImageBuilderClientsTests {

	private final Simulator simulator = Simulator.start();

	private final ImageBuilderClients clients = new ImageBuilderClients(Duration.ofSeconds(5),
			StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIDEXAMPLE", "secret")),
			new ResponseLimits(LargeResponses.LARGE, new LargeResponses(Duration.ofSeconds(5))),
			(builder) -> builder.endpointOverride(this.simulator.endpoint()));

	@AfterEach
	void close() {
		this.clients.close();
		this.simulator.close();
	}

	@Test
	void regionHasOneClient() {
		assertThat(this.clients.inRegion("eu-west-1")).isSameAs(this.clients.inRegion("eu-west-1"))
			.isNotSameAs(this.clients.inRegion("eu-west-2"));
	}

	@Test
	void evictedClientStillWorks() {
		ImagebuilderClient first = this.clients.inRegion("eu-west-1");
		for (int i = 0; i < 200; i++) {
			this.clients.inRegion("eu-west-" + (i + 2));
		}
		assertThatExceptionOfType(ResourceNotFoundException.class).isThrownBy(() -> first.getImage((request) -> request
			.imageBuildVersionArn("arn:aws:imagebuilder:eu-west-1:123456789012:image/web/1.0.0/1")));
		assertThat(this.simulator.count(Operation.GET_IMAGE)).isOne();
	}

}
