package dev.jtangents.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Set;

final class SampleScheduleTest {
    private static void assertIncreasing(List<Integer> counts) {
        for (int i = 1; i < counts.size(); i++) {
            assertTrue(counts.get(i) > counts.get(i - 1), counts.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {7, 100, 1000, 123_456, Integer.MAX_VALUE})
    void progressIsToldBetweenWhatIsShownAndKeepsAllThreadsBusy(int last) {
        int threads = 3;
        SampleSchedule schedule = SampleSchedule.counts(new int[] {last, 2, last}, threads);
        assertEquals(Set.of(2, last), schedule.shown());
        assertEquals(2, schedule.counts().getFirst());
        assertEquals(last, schedule.last());
        assertIncreasing(schedule.counts());
        assertTrue(schedule.counts().size() < 200, schedule.counts().toString());
        for (int count : schedule.counts()) {
            assertTrue(schedule.shown().contains(count) || count % threads == 0);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8, 9, 1000, Integer.MAX_VALUE})
    void aToleranceIsLookedAtAllAlongAndAtTheEnd(int most) {
        SampleSchedule schedule = SampleSchedule.tolerance(0.1, most);
        assertIncreasing(schedule.counts());
        assertEquals(most, schedule.last());
        assertEquals(Set.copyOf(schedule.counts()), schedule.shown());
    }

    @Test
    void fewSamplesDoNotEndARun() {
        assertEquals(List.of(8, 10, 11), SampleSchedule.tolerance(0.1, 11).counts());
        assertEquals(List.of(5), SampleSchedule.tolerance(0.1, 5).counts());
    }
}
