package dev.jtangents.panama;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

class CacheFolderTest {
    private final Path home;

    CacheFolderTest(@TempDir Path home) {
        this.home = home;
    }

    @Test
    void followsTheCustomOfTheSystem() throws IOException {
        assertEquals(home.resolve(".cache/jtangents"), of("Linux", Map.of()));
        assertEquals(home.resolve("Library/Caches/jtangents"), of("Mac OS X", Map.of()));
        Path local = home.resolve("AppData/Local");
        assertEquals(
                local.resolve("jtangents"),
                of("Windows 11", Map.of("LOCALAPPDATA", local.toString())));
    }

    @Test
    void obeysXdg() throws IOException {
        Path chosen = home.resolve("chosen");
        assertEquals(
                chosen.resolve("jtangents"),
                of("Linux", Map.of("XDG_CACHE_HOME", chosen.toString())));
        assertEquals(
                home.resolve(".cache/jtangents"), of("Linux", Map.of("XDG_CACHE_HOME", "here")));
    }

    @Test
    void aUserWithoutHomeHasNoCache() {
        IOException error =
                assertThrows(IOException.class, () -> CacheFolder.of("Linux", "?", Map.of()));
        assertEquals("this user has no home folder", error.getMessage());
    }

    private Path of(String system, Map<String, String> environment) throws IOException {
        return CacheFolder.of(system, home.toString(), environment);
    }
}
