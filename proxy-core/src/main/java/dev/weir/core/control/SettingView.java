package dev.weir.core.control;

import org.jspecify.annotations.Nullable;

/** A row of SHOW CONFIG. */
public record SettingView(String key, @Nullable String value, @Nullable String defaultValue,
    boolean changeable) {}
