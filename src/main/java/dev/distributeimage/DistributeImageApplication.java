package dev.distributeimage;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** The distribute-image service. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class DistributeImageApplication {

	public static void main(String[] args) {
		SpringApplication.run(DistributeImageApplication.class, args);
	}

}
