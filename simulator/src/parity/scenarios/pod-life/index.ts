/** The life of Pods, in the order of its recording. */
import { podCourse } from './course.js'
import { podEndings } from './endings.js'
import { podFailures } from './failures.js'
import { podProbes } from './probes.js'

export const podLife = [...podCourse, ...podFailures, ...podProbes, ...podEndings]
