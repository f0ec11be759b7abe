import { DoctorPage } from '~/features/doctor/doctor-page'
import { useSaysNotice } from '~/features/notices/notices'

/** The doctor says what is wrong, with what to do: no corner of the page has to say it again. */
export function DoctorRoute() {
  useSaysNotice(undefined, 'notice.engine-lost')
  useSaysNotice(undefined, 'notice.disk-low')
  return <DoctorPage />
}
