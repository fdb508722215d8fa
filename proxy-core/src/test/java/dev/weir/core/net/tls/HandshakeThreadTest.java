package dev.weir.core.net.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Which threads compute a handshake. */
class HandshakeThreadTest {
  @ParameterizedTest
  @CsvSource({"OPENSSL,TLSv1.2", "OPENSSL,TLSv1.3", "JDK,TLSv1.2", "JDK,TLSv1.3"})
  void nothingIsComputedOnTheEventLoop(SslProvider provider, String version,
      @TempDir Path directory)
      throws Exception {
    TestCa.Issued host = TestCa.in(directory, "ca").issue("CN=localhost");
    SslContext server = SslContextBuilder.forServer(host.keys().getPrivate(), host.certificate())
        .sslProvider(provider).protocols(version).build();
    SslContext client = SslContextBuilder.forClient().sslProvider(provider).protocols(version)
        .endpointIdentificationAlgorithm(null).trustManager(PeerTrust.inAnyone()).build();
    Queue<String> calls = new ConcurrentLinkedQueue<>();
    try (TlsPeers peers = new TlsPeers()) {
      int port = peers
          .listen(() -> new TlsHandshake(new SpiedEngine(server, calls), peers.handshakes));
      TlsHandshake ours = new TlsHandshake(new SpiedEngine(client, calls), peers.handshakes);
      assertThat(peers.connect(port, ours).echo("x")).isEqualTo("x");
      peers.accepted.element().get(10, TimeUnit.SECONDS);
    }

    assertThat(calls).anyMatch(call -> call.startsWith("server unwrap"))
        .anyMatch(call -> call.startsWith("client unwrap"))
        .noneMatch(call -> call.endsWith(TlsPeers.LOOP));
  }

  /** Notes the thread of every call that may compute part of a handshake. */
  private static final class SpiedEngine extends SSLEngine {
    private final SSLEngine real;
    private final Queue<String> calls;
    private int wraps;

    SpiedEngine(SslContext context, Queue<String> calls) {
      real = context.newEngine(ByteBufAllocator.DEFAULT);
      this.calls = calls;
    }

    /** A client's last flight is computed when the server's has been read; then it is only fetched and answered. */
    private boolean lastFlight() {
      return real.getUseClientMode() && wraps > 1;
    }

    private void note(String call) {
      calls.add((real.getUseClientMode() ? "client " : "server ") + call
          + Thread.currentThread().getName());
    }

    @Override
    public SSLEngineResult wrap(ByteBuffer[] sources, int offset, int length, ByteBuffer target)
        throws SSLException {
      boolean shaking = real.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING;
      SSLEngineResult result = real.wrap(sources, offset, length, target);
      wraps += result.bytesProduced() > 0 ? 1 : 0;
      if (shaking && !lastFlight()) {
        note("wrap ");
      }
      return result;
    }

    @Override
    public SSLEngineResult unwrap(ByteBuffer source, ByteBuffer[] targets, int offset, int length)
        throws SSLException {
      boolean shaking = real.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING;
      SSLEngineResult result = real.unwrap(source, targets, offset, length);
      if (shaking && !lastFlight()) {
        note("unwrap ");
      }
      return result;
    }

    @Override
    public @Nullable Runnable getDelegatedTask() {
      Runnable task = real.getDelegatedTask();
      return task == null ? null : () -> {
        note("task ");
        task.run();
      };
    }

    @Override
    public void beginHandshake() throws SSLException {
      note("begin ");
      real.beginHandshake();
    }

    @Override
    public HandshakeStatus getHandshakeStatus() {
      return real.getHandshakeStatus();
    }

    @Override
    public SSLSession getSession() {
      return real.getSession();
    }

    @Override
    public void closeInbound() throws SSLException {
      real.closeInbound();
    }

    @Override
    public boolean isInboundDone() {
      return real.isInboundDone();
    }

    @Override
    public void closeOutbound() {
      real.closeOutbound();
    }

    @Override
    public boolean isOutboundDone() {
      return real.isOutboundDone();
    }

    @Override
    public String[] getSupportedCipherSuites() {
      return real.getSupportedCipherSuites();
    }

    @Override
    public String[] getEnabledCipherSuites() {
      return real.getEnabledCipherSuites();
    }

    @Override
    public void setEnabledCipherSuites(String[] suites) {
      real.setEnabledCipherSuites(suites);
    }

    @Override
    public String[] getSupportedProtocols() {
      return real.getSupportedProtocols();
    }

    @Override
    public String[] getEnabledProtocols() {
      return real.getEnabledProtocols();
    }

    @Override
    public void setEnabledProtocols(String[] protocols) {
      real.setEnabledProtocols(protocols);
    }

    @Override
    public SSLParameters getSSLParameters() {
      return real.getSSLParameters();
    }

    @Override
    public void setUseClientMode(boolean mode) {
      real.setUseClientMode(mode);
    }

    @Override
    public boolean getUseClientMode() {
      return real.getUseClientMode();
    }

    @Override
    public void setNeedClientAuth(boolean need) {
      real.setNeedClientAuth(need);
    }

    @Override
    public boolean getNeedClientAuth() {
      return real.getNeedClientAuth();
    }

    @Override
    public void setWantClientAuth(boolean want) {
      real.setWantClientAuth(want);
    }

    @Override
    public boolean getWantClientAuth() {
      return real.getWantClientAuth();
    }

    @Override
    public void setEnableSessionCreation(boolean flag) {
      real.setEnableSessionCreation(flag);
    }

    @Override
    public boolean getEnableSessionCreation() {
      return real.getEnableSessionCreation();
    }
  }
}
