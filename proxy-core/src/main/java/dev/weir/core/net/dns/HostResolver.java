package dev.weir.core.net.dns;

import dev.weir.core.control.DnsView;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.Security;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Resolves host names through the system (nsswitch, /etc/hosts, DNS), remembers answers and failures for a while, and
 * deals a name's addresses out in turn. Lookups of one name at the same time are one lookup. Any thread; guarded by one
 * private lock, which is never held during a lookup or a call back.
 */
public final class HostResolver {
  /** Finds all addresses of a name; may block. */
  @FunctionalInterface
  public interface Lookup {
    List<InetAddress> addresses(String host) throws UnknownHostException;
  }

  /** Hears on a lookup thread that a name no longer has some of the addresses it had. */
  @FunctionalInterface
  public interface LossListener {
    void onLost(String host, Set<InetAddress> lost);
  }

  /** Names remembered; beyond that the one longest unused is forgotten. */
  static final int CAPACITY = 4096;

  private final Lookup lookup;
  private final LongSupplier nanoClock;
  private final Executor executor;
  private final LossListener losses;
  private final Object lock = new Object();
  private final LinkedHashMap<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
  private long foundNanos = Duration.ofSeconds(15).toNanos();
  private long failedNanos = Duration.ofSeconds(15).toNanos();

  /** What is known of one name. Guarded by the lock. */
  private static final class Entry {
    private List<InetAddress> addresses = List.of();
    private int turn;
    private String failure = "";
    private long expires;
    private boolean answered;
    private List<CompletableFuture<InetAddress>> waiting = new ArrayList<>();

    private InetAddress next() {
      return addresses.get(Math.floorMod(turn++, addresses.size()));
    }
  }

  /** A resolver with its own lookup, clock and threads. */
  public HostResolver(Lookup lookup, LongSupplier nanoClock, Executor executor,
      LossListener losses) {
    this.lookup = lookup;
    this.nanoClock = nanoClock;
    this.executor = executor;
    this.losses = losses;
  }

  /** Asks the system, each lookup on a virtual thread. Switches the JDK's own cache off, for the whole process. */
  public static HostResolver ofSystem(LossListener losses) {
    Security.setProperty("networkaddress.cache.ttl", "0");
    Security.setProperty("networkaddress.cache.negative.ttl", "0");
    return new HostResolver(host -> List.of(InetAddress.getAllByName(host)), System::nanoTime,
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("dns-", 0).factory()), losses);
  }

  /** How long answers ({@code dns_max_ttl}) and failures ({@code dns_nxdomain_ttl}) hold, from the next lookup on. */
  public void remember(Duration found, Duration failed) {
    synchronized (lock) {
      foundNanos = found.toNanos();
      failedNanos = failed.toNanos();
    }
  }

  /**
   * The next address of {@code host}; an IP address in text is its own, at once. Fails with {@link UnknownHostException}.
   */
  public CompletionStage<InetAddress> next(String host) {
    byte[] literal = NetUtil.createByteArrayFromIpAddressString(host);
    if (literal != null) {
      try {
        return CompletableFuture.completedFuture(InetAddress.getByAddress(literal));
      } catch (UnknownHostException e) {
        return CompletableFuture.failedFuture(e);
      }
    }
    String name = host.toLowerCase(Locale.ROOT);
    CompletableFuture<InetAddress> answer = new CompletableFuture<>();
    synchronized (lock) {
      Entry entry = entries.computeIfAbsent(name, _ -> new Entry());
      forgetBeyondCapacity();
      boolean fresh = entry.answered && nanoClock.getAsLong() - entry.expires < 0;
      if (fresh && entry.waiting.isEmpty()) {
        return entry.failure.isEmpty()
            ? CompletableFuture.completedFuture(entry.next())
            : CompletableFuture.failedFuture(new UnknownHostException(entry.failure));
      }
      entry.waiting.add(answer);
      if (entry.waiting.size() > 1) {
        return answer; // somebody is asking already
      }
      executor.execute(() -> resolve(name, entry));
    }
    return answer;
  }

  private void forgetBeyondCapacity() {
    Iterator<Entry> oldest = entries.values().iterator();
    while (entries.size() > CAPACITY && oldest.hasNext()) {
      if (oldest.next().waiting.isEmpty()) {
        oldest.remove();
      }
    }
  }

  private void resolve(String host, Entry entry) {
    List<InetAddress> found = List.of();
    String failure = "";
    try {
      found = lookup.addresses(host);
      failure = found.isEmpty() ? host + ": no address" : "";
    } catch (UnknownHostException | RuntimeException e) {
      failure = host + ": " + e.getMessage();
    }
    settle(host, entry, List.copyOf(found), failure);
  }

  private void settle(String host, Entry entry, List<InetAddress> found, String failure) {
    List<CompletableFuture<InetAddress>> waiting;
    List<InetAddress> dealt = new ArrayList<>();
    Set<InetAddress> lost = Set.of();
    synchronized (lock) {
      waiting = entry.waiting;
      entry.waiting = new ArrayList<>();
      entry.answered = true;
      entry.failure = failure;
      entry.expires = nanoClock.getAsLong() + (failure.isEmpty() ? foundNanos : failedNanos);
      if (failure.isEmpty()) {
        lost = entry.addresses.stream().filter(address -> !found.contains(address))
            .collect(Collectors.toSet());
        entry.addresses = found;
        waiting.forEach(_ -> dealt.add(entry.next()));
      }
    }
    if (!lost.isEmpty()) {
      losses.onLost(host, Set.copyOf(lost));
    }
    for (int i = 0; i < waiting.size(); i++) {
      if (failure.isEmpty()) {
        waiting.get(i).complete(dealt.get(i));
      } else {
        waiting.get(i).completeExceptionally(new UnknownHostException(failure));
      }
    }
  }

  /** Names that hold at present, by name, with the seconds they hold still; for SHOW DNS_HOSTS. */
  public List<DnsView> snapshot() {
    List<DnsView> views = new ArrayList<>();
    synchronized (lock) {
      long now = nanoClock.getAsLong();
      for (Map.Entry<String, Entry> named : new TreeMap<>(entries).entrySet()) { // a copy: reading is using
        Entry entry = named.getValue();
        if (entry.answered) {
          long seconds = Math.max(0, Duration.ofNanos(entry.expires - now).toSeconds());
          views.add(new DnsView(named.getKey(), seconds, entry.failure.isEmpty()
              ? entry.addresses.stream().map(InetAddress::getHostAddress).toList()
              : List.of()));
        }
      }
    }
    return views;
  }

  /** Names remembered, for SHOW LISTS. */
  public int size() {
    synchronized (lock) {
      return entries.size();
    }
  }
}
