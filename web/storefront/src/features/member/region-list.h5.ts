/** Provinces, cities and districts (省市区); the table is large, so it loads when the picker first opens. */

export interface Region {
  code: string;
  name: string;
}

export interface RegionTable {
  provinces(): Region[];
  cities(provinceCode: string): Region[];
  areas(cityCode: string): Region[];
}

export async function loadRegions(): Promise<RegionTable> {
  const { areaList } = await import("./region-data");
  const within = (list: Record<string, string>, prefix: string): Region[] =>
    Object.entries(list)
      .filter(([code]) => code.startsWith(prefix))
      .map(([code, name]) => ({ code, name }));
  return {
    provinces: () => within(areaList.province_list, ""),
    cities: (provinceCode) => within(areaList.city_list, provinceCode.slice(0, 2)),
    areas: (cityCode) => within(areaList.county_list, cityCode.slice(0, 4)),
  };
}
