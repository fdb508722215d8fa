package dev.weir.core.mysql;

import dev.weir.core.backend.Server;
import dev.weir.core.backend.ServerAddress;
import dev.weir.core.backend.Topology;
import dev.weir.core.control.MysqlView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A {@link GtidReader} for each server that has a {@code gtid_port}. Changed by one caller at a time, asked by any. */
final class GtidReaders implements AutoCloseable {
  private final LongSupplier retryMillis;
  private volatile Map<ServerAddress, GtidReader> readers = Map.of();

  GtidReaders(LongSupplier retryMillis) {
    this.retryMillis = retryMillis;
  }

  /** The servers as they are now. */
  synchronized void watch(Topology topology) {
    Map<ServerAddress, Integer> wanted = new HashMap<>();
    for (Server server : topology.servers()) {
      if (server.attributes().gtidPort() > 0) {
        wanted.putIfAbsent(server.address(), server.attributes().gtidPort());
      }
    }
    if (wanted.isEmpty() && readers.isEmpty()) {
      return;
    }
    Map<ServerAddress, GtidReader> now = new HashMap<>();
    readers.forEach((address, reader) -> {
      if (Integer.valueOf(reader.port()).equals(wanted.get(address))) {
        now.put(address, reader);
      } else {
        reader.close();
      }
    });
    wanted.forEach((address, port) -> now.computeIfAbsent(address,
        _ -> GtidReader.start(address, port, retryMillis)));
    readers = Map.copyOf(now);
  }

  /** As {@link Hostgroup#choose}, among those that have executed a transaction; null when none has. */
  @Nullable
  Target choose(Hostgroup hostgroup, Gtid executed, RandomGenerator random) {
    List<Target> there = new ArrayList<>();
    for (Target target : hostgroup.targets()) {
      GtidReader reader = readers.get(target.address());
      GtidSet set = reader == null ? null : reader.executed();
      if (set != null && set.contains(executed)) {
        there.add(target);
      }
    }
    return there.isEmpty()
        ? null
        : new Hostgroup(hostgroup.id(), there, hostgroup.closed()).choose(random);
  }

  List<MysqlView.GtidSet> rows() {
    List<MysqlView.GtidSet> rows = new ArrayList<>();
    new TreeMap<>(readers).forEach((address, reader) -> {
      GtidSet set = reader.executed();
      rows.add(new MysqlView.GtidSet(address.host(), address.port(),
          set == null ? "" : set.toString(), reader.events()));
    });
    return rows;
  }

  @Override
  public synchronized void close() {
    readers.values().forEach(GtidReader::close);
    readers = Map.of();
  }
}
