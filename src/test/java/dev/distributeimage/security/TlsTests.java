package dev.distributeimage.security;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.Objects;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

import dev.distributeimage.api.ApiTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests what TLS adds. */
@ApiTest
class TlsTests {

	@TempDir
	@SuppressWarnings("NullAway.Init")
	private static Path directory;

	@DynamicPropertySource
	static void certificate(DynamicPropertyRegistry registry) throws IOException, InterruptedException {
		Path store = directory.resolve("server.p12");
		Process keytool = new ProcessBuilder(
				List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-keyalg",
						"EC", "-dname", "CN=localhost", "-ext", "san=dns:localhost", "-storetype", "PKCS12",
						"-storepass", "changeit", "-keystore", store.toString()))
			.redirectErrorStream(true)
			.start();
		String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(keytool.waitFor()).as(output).isZero();
		String bundle = "spring.ssl.bundle.jks.server.";
		registry.add(bundle + "keystore.location", store::toString);
		registry.add(bundle + "keystore.password", () -> "changeit");
		registry.add("server.ssl.bundle", () -> "server");
	}

	@Test
	void browserIsBoundToTls(@LocalServerPort int port, @Autowired SslBundles bundles)
			throws IOException, GeneralSecurityException {
		try (SSLSocket socket = (SSLSocket) trusting(
				Objects.requireNonNull(bundles.getBundle("server").getStores().getKeyStore()))
			.getSocketFactory()
			.createSocket("localhost", port)) {
			socket.getOutputStream()
				.write("GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
					.getBytes(StandardCharsets.US_ASCII));
			assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
				.startsWith("HTTP/1.1 200 ")
				.contains("Strict-Transport-Security: max-age=31536000\r\n", "X-Content-Type-Options: nosniff\r\n");
		}
	}

	private static SSLContext trusting(KeyStore server) throws IOException, GeneralSecurityException {
		KeyStore certificates = KeyStore.getInstance("PKCS12");
		certificates.load(null, null);
		certificates.setCertificateEntry("server", server.getCertificate("mykey"));
		TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		trust.init(certificates);
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(null, trust.getTrustManagers(), null);
		return context;
	}

}
