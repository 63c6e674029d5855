package dev.distributeimage.api;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

import org.awaitility.Awaitility;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests HTTPS with certificates in files, as docs/operations.md sets it up. */
@ApiTest
@NullUnmarked
@DirtiesContext
class TlsTests {

	private static final char[] PASSWORD = "changeit".toCharArray();

	@TempDir
	static Path directory;

	@BeforeAll
	static void firstCertificate() throws Exception {
		issue("first");
	}

	@DynamicPropertySource
	static void https(DynamicPropertyRegistry registry) {
		registry.add("server.ssl.bundle", () -> "https");
		registry.add("spring.ssl.bundle.pem.https.keystore.certificate", () -> directory.resolve("tls.crt").toString());
		registry.add("spring.ssl.bundle.pem.https.keystore.private-key", () -> directory.resolve("tls.key").toString());
		// The files are replaced one after the other: the watcher waits until both are.
		registry.add("spring.ssl.bundle.watch.file.quiet-period", () -> "100ms");
	}

	@Test
	void replacedCertificateIsServedWithoutRestart(@LocalServerPort int port) throws Exception {
		issue("second");
		Awaitility.await()
			.atMost(Duration.ofSeconds(60))
			.until(() -> subjectServed(port, "TLSv1.3"), "CN=second"::equals);
		assertThat(subjectServed(port, "TLSv1.2")).isEqualTo("CN=second");
		issue("third");
		Awaitility.await()
			.atMost(Duration.ofSeconds(60))
			.until(() -> subjectServed(port, "TLSv1.3"), "CN=third"::equals);
	}

	/** The JDK's own client no longer speaks older ones, whatever the server offers. */
	@Test
	void serverOffersNoOlderProtocol(@Autowired ServletWebServerApplicationContext context) {
		TomcatWebServer server = (TomcatWebServer) context.getWebServer();
		assertThat(server.getTomcat().getConnector().findSslHostConfigs()).singleElement()
			.satisfies(
					(host) -> assertThat(host.getEnabledProtocols()).containsExactlyInAnyOrder("TLSv1.3", "TLSv1.2"));
	}

	@Test
	void requestIsAnsweredOverTls(@LocalServerPort int port) throws Exception {
		try (SSLSocket socket = connect(port, "TLSv1.3")) {
			socket.getOutputStream()
				.write("GET /v1/runs HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
					.getBytes(StandardCharsets.US_ASCII));
			assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
				.startsWith("HTTP/1.1 200")
				.contains("\"items\"");
		}
	}

	private static String subjectServed(int port, String protocol) throws Exception {
		try (SSLSocket socket = connect(port, protocol)) {
			assertThat(socket.getSession().getProtocol()).isEqualTo(protocol);
			return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSubjectX500Principal().getName();
		}
	}

	private static SSLSocket connect(int port, String protocol) throws Exception {
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(null, new TrustManager[] { new TrustsAll() }, null);
		SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
		socket.setEnabledProtocols(new String[] { protocol });
		socket.startHandshake();
		return socket;
	}

	/** Writes a new key and its certificate, as renewal does: each file by a rename. */
	private static void issue(String name) throws Exception {
		Path store = directory.resolve(name + ".p12");
		run(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-alias", "tls",
				"-keyalg", "EC", "-groupname", "secp256r1", "-dname", "CN=" + name, "-ext", "san=dns:localhost",
				"-validity", "2", "-storetype", "PKCS12", "-storepass", new String(PASSWORD), "-keystore",
				store.toString());
		KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD);
		replace("tls.key", "PRIVATE KEY", keys.getKey("tls", PASSWORD).getEncoded());
		replace("tls.crt", "CERTIFICATE", keys.getCertificate("tls").getEncoded());
	}

	private static void replace(String name, String type, byte[] der) throws IOException {
		Path fresh = Files.writeString(directory.resolve(name + ".new"),
				"-----BEGIN %1$s-----%n%2$s%n-----END %1$s-----%n".formatted(type,
						Base64.getMimeEncoder().encodeToString(der)));
		Files.move(fresh, directory.resolve(name), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
	}

	private static void run(String... command) throws Exception {
		Process process = new ProcessBuilder(List.of(command)).redirectErrorStream(true).start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor()).as(output).isZero();
	}

	/** Takes any certificate: the test looks at it itself. */
	private static final class TrustsAll extends X509ExtendedTrustManager {

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String type) {
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String type) {
		}

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
		}

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
		}

		@Override
		public X509Certificate[] getAcceptedIssuers() {
			return new X509Certificate[0];
		}

	}

}
