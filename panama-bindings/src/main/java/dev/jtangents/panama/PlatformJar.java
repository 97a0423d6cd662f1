package dev.jtangents.panama;

import org.jspecify.annotations.Nullable;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * The jar that holds OpenBLAS for one platform. It belongs on the class path in modular programs
 * too: as a module it would ask for another one that nobody needs.
 */
final class PlatformJar implements Closeable {
    private final JarFile file;
    private final String platform;
    private final List<JarEntry> libraries;

    private PlatformJar(JarFile file, String platform, List<JarEntry> libraries) {
        this.file = file;
        this.platform = platform;
        this.libraries = libraries;
    }

    static PlatformJar find(Platform platform) throws IOException, RefusedException {
        if (platform.jarName().isEmpty()) {
            throw new RefusedException("there is no OpenBLAS jar for this operating system");
        }
        String name = platform.jarName().get();
        String folder = "org/bytedeco/openblas/" + name + "/";
        URL resource = resource(folder + platform.bundledFiles().getLast());
        if (resource == null) {
            throw new RefusedException("no OpenBLAS jar for " + name + " on the class path");
        }
        if (!(resource.openConnection() instanceof JarURLConnection connection)) {
            throw new RefusedException(resource + " is not in a jar");
        }
        connection.setUseCaches(false);
        JarFile file = connection.getJarFile();
        var libraries = new ArrayList<JarEntry>();
        for (String library : platform.bundledFiles()) {
            JarEntry entry = file.getJarEntry(folder + library);
            if (entry == null) {
                file.close();
                throw new RefusedException(file.getName() + " does not hold " + library);
            }
            libraries.add(entry);
        }
        return new PlatformJar(file, name, List.copyOf(libraries));
    }

    /** The jar's folders are no package names, so that no module hides them. */
    private static @Nullable URL resource(String name) {
        ClassLoader loader = PlatformJar.class.getClassLoader();
        return loader == null ? ClassLoader.getSystemResource(name) : loader.getResource(name);
    }

    /** Returns the libraries, each after those that it needs; OpenBLAS is the last. */
    List<JarEntry> libraries() {
        return libraries;
    }

    InputStream open(JarEntry library) throws IOException {
        return file.getInputStream(library);
    }

    /** Returns a folder name of its own for each version, platform and content. */
    String folderName() throws IOException {
        return "openblas-%s-%s-%08x".formatted(version(), platform, libraries.getLast().getCrc());
    }

    private String version() throws IOException {
        JarEntry entry = file.getJarEntry("META-INF/maven/org.bytedeco/openblas/pom.properties");
        var properties = new Properties();
        if (entry != null) {
            try (InputStream in = open(entry)) {
                properties.load(in);
            }
        }
        return properties.getProperty("version", "unknown");
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
