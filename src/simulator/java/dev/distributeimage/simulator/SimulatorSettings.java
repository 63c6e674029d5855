package dev.distributeimage.simulator;

import java.time.Duration;
import java.time.InstantSource;

/**
 * How a simulator behaves.
 *
 * @param host the address it listens on
 * @param port the port, 0 for any free one
 * @param account the caller's account, 12 digits: what is created belongs to it
 * @param pace how long a new image stays in each status
 * @param tokenLifetime after what time a client token is forgotten
 * @param nameBeforeToken whether a taken name is refused even when the client token would
 * have been replayed
 * @param concurrentBuilds how many images may be in the making per Region before
 * CreateImage is refused
 * @param clock what time it is: statuses and token lifetimes follow it
 */
public record SimulatorSettings(String host, int port, String account, Duration pace, Duration tokenLifetime,
		boolean nameBeforeToken, int concurrentBuilds, InstantSource clock) {

	/**
	 * Loopback, any port, a second per status, a day per token, no limit to builds, the
	 * system's clock.
	 */
	public static SimulatorSettings defaults() {
		return new SimulatorSettings("127.0.0.1", 0, "123456789012", Duration.ofSeconds(1), Duration.ofDays(1), false,
				Integer.MAX_VALUE, InstantSource.system());
	}

	public SimulatorSettings withHost(String other) {
		return new SimulatorSettings(other, this.port, this.account, this.pace, this.tokenLifetime,
				this.nameBeforeToken, this.concurrentBuilds, this.clock);
	}

	public SimulatorSettings withPort(int other) {
		return new SimulatorSettings(this.host, other, this.account, this.pace, this.tokenLifetime,
				this.nameBeforeToken, this.concurrentBuilds, this.clock);
	}

	public SimulatorSettings withAccount(String other) {
		return new SimulatorSettings(this.host, this.port, other, this.pace, this.tokenLifetime, this.nameBeforeToken,
				this.concurrentBuilds, this.clock);
	}

	public SimulatorSettings withPace(Duration other) {
		return new SimulatorSettings(this.host, this.port, this.account, other, this.tokenLifetime,
				this.nameBeforeToken, this.concurrentBuilds, this.clock);
	}

	public SimulatorSettings withTokenLifetime(Duration other) {
		return new SimulatorSettings(this.host, this.port, this.account, this.pace, other, this.nameBeforeToken,
				this.concurrentBuilds, this.clock);
	}

	public SimulatorSettings withNameBeforeToken(boolean other) {
		return new SimulatorSettings(this.host, this.port, this.account, this.pace, this.tokenLifetime, other,
				this.concurrentBuilds, this.clock);
	}

	public SimulatorSettings withConcurrentBuilds(int other) {
		return new SimulatorSettings(this.host, this.port, this.account, this.pace, this.tokenLifetime,
				this.nameBeforeToken, other, this.clock);
	}

	public SimulatorSettings withClock(InstantSource other) {
		return new SimulatorSettings(this.host, this.port, this.account, this.pace, this.tokenLifetime,
				this.nameBeforeToken, this.concurrentBuilds, other);
	}

}
